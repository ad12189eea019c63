import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WorkspaceFiles } from "@qmtl/lsp";

/** A project on disk, each file read once until it is forgotten. */
export interface DiskFiles extends WorkspaceFiles {
  /** Everything, to be read and listed again. */
  forget(): void;
}

const LEFT_OUT: ReadonlySet<string> = new Set(["node_modules", "dist", "build", "out", "coverage"]);
const WANTED = /\.(m?[tj]s|yml|json)$/;

/** @param root absolute, the folder of `qmtl.config.ts` */
export function diskFiles(root: string): DiskFiles {
  const texts = new Map<string, string | undefined>();
  let listed: readonly string[] | undefined;
  return {
    list() {
      listed ??= below(root, "");
      return listed;
    },
    read(path) {
      if (!texts.has(path))
        texts.set(path, path.startsWith("node_modules/") ? packageText(root, path) : textOf(join(root, path)));
      return texts.get(path);
    },
    forget() {
      texts.clear();
      listed = undefined;
    },
  };
}

function below(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || LEFT_OUT.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return below(root, path);
    return entry.isFile() && WANTED.test(entry.name) ? [path] : [];
  });
}

/** Packages are looked for in the folders above too, as Node.js does. */
function packageText(root: string, path: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const text = textOf(join(folder, path));
    if (text !== undefined || dirname(folder) === folder) return text;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Whatever can't be read is not there for an analysis; what has to be there says so where it is used.
    return undefined;
  }
}

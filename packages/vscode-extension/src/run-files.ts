import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { workspace } from "vscode";

/** SHA-256 of the files that a result stands on, by their paths below the project's folder. */
export type RunFiles = Readonly<Record<string, string>>;

/** What the last run of a strategy file was made of, as `qmtl` wrote it down; the file alone where it wrote nothing. */
export function filesOfLastRun(root: string, file: string): RunFiles {
  const path = below(root, file);
  const manifest = join(root, ".qmtl", "cache", "runs", `${path.replaceAll("/", "~")}.json`);
  try {
    const { files } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly files?: RunFiles };
    if (files !== undefined && path in files) return files;
  } catch {
    // It is a cache, and may be thrown away.
  }
  return filesAsShown(root, [file]);
}

/** What the editor shows of files. */
export function filesAsShown(root: string, files: readonly string[]): RunFiles {
  return Object.fromEntries(
    files.flatMap((file) => {
      const digest = digestOf(file);
      return digest === undefined ? [] : [[below(root, file), digest]];
    }),
  );
}

/** Whether one of the files is another one now, in the editor or on disk. */
export function isStale(root: string, files: RunFiles): boolean {
  return Object.entries(files).some(([path, digest]) => digestOf(join(root, path)) !== digest);
}

function below(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}

function digestOf(file: string): string | undefined {
  const open = workspace.textDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === file);
  try {
    return createHash("sha256")
      .update(open?.getText() ?? readFileSync(file, "utf8"))
      .digest("hex");
  } catch {
    return undefined;
  }
}

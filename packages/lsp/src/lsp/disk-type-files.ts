import { readFileSync, realpathSync, statSync } from "node:fs";
import type { TypeFiles } from "../types/type-files.ts";

/**
 * The disk under what an editor holds.
 *
 * @param documents texts that the editor holds, by absolute path
 * @param library TypeScript's own files, by absolute path
 */
export function diskTypeFiles(
  documents: ReadonlyMap<string, string>,
  library: (path: string) => string | undefined,
): TypeFiles {
  const numbers = new Map<string, { readonly text: string; readonly number: number }>();
  let last = 0;
  return {
    read: (path) => documents.get(path) ?? library(path) ?? textOf(path),
    version(path) {
      const text = documents.get(path);
      if (text !== undefined) {
        const known = numbers.get(path);
        if (known?.text === text) return `document ${known.number}`;
        numbers.set(path, { text, number: ++last });
        return `document ${last}`;
      }
      if (library(path) !== undefined) return "library";
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true ? `disk ${found.mtimeMs} ${found.size}` : undefined;
    },
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    realPath(path) {
      try {
        return realpathSync(path).replaceAll("\\", "/");
      } catch {
        // What is not there has no other name.
        return path;
      }
    },
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

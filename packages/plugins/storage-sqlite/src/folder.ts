import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "./failure.ts";

/** Makes a folder and those above it, durably. */
export function makeFolder(path: string): void {
  const first = make(path);
  if (first === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/** Makes the names in a folder durable. Windows can't open folders, and needs not. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The first folder that was made, or nothing when all were there. */
function make(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    // On a read-only disk a recursive mkdir says that the path is missing; a plain one says why.
    let missing = path;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing);
    make(path);
    return missing;
  }
}

import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { QmtlError } from "@qmtl/core/schema";

export const CONFIG_FILE = "qmtl.config.ts";

/** Folder of what may be thrown away: `.qmtl/cache`. */
export function cacheFolder(root: string): string {
  return join(root, ".qmtl", "cache");
}

/** A file as it is named in its project, below the root and with `/`. @param file absolute */
export function projectFile(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}

/** @throws `project.not-found` */
export function projectRoot(folder: string): string {
  const from = resolve(folder);
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, CONFIG_FILE))) return folder;
    if (dirname(folder) === folder)
      throw new QmtlError({
        code: "project.not-found",
        message: `There is no ${CONFIG_FILE} in ${from} or above it`,
        next: "Run the command inside a project, or make one with: qmtl init my-project",
      });
  }
}

import type { VirtualFiles } from "../facts/index.ts";

/**
 * The files of one project: a disk, the open buffers of an editor over it, a test. Paths are relative to the folder of
 * `qmtl.config.ts` and use `/`. What stands under `node_modules/` is looked for as Node.js does, in the folders above too.
 */
export interface WorkspaceFiles extends VirtualFiles {
  /** Every file of the project that may be a strategy, a world, a manifest or the configuration; packages excluded. */
  list(): readonly string[];
}

export const CONFIG_FILE = "qmtl.config.ts";

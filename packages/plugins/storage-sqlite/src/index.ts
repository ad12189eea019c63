import { join, resolve } from "node:path";
import { definePlugin, type Plugin } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { journalState } from "./journal.ts";
import { openObjects } from "./objects.ts";
import { journalReferences } from "./references.ts";

const config = z.strictObject({
  /** Folder of the journal and the objects, from the project's folder. */
  path: z.string().min(1).default(".qmtl"),
});

export type SqliteConfig = z.output<typeof config>;

/**
 * The journal in `<path>/journal.db` (SQLite) and objects as files under `<path>/objects`.
 *
 * What is acknowledged is on the disk: it survives the end of the process at any moment, and a loss of power. Many processes
 * may write at once.
 *
 * @example
 * export default defineConfig({ plugins: [use(storageSqlite)] });
 */
const storageSqlite: Plugin<"storage", SqliteConfig> = definePlugin({
  kind: "storage",
  name: "@qmtl/storage-sqlite",
  version: "0.1.0",
  api: 1,
  use: "sqlite",
  description: "Journal in a SQLite file, objects as files beside it",
  config,
  setup: async (context, { path }) => {
    // Here, because workers read what the plugins say of themselves and never open a journal: the driver would be loaded for nothing.
    const { openConnection } = await import("./connection.ts");
    const folder = resolve(context.root, path);
    const connection = await openConnection({ file: join(folder, "journal.db"), signal: context.signal });
    const files = await openObjects(join(folder, "objects"), context.clock());
    return {
      state: journalState(connection),
      objects: { put: files.put, get: files.get, has: files.has, ...journalReferences(connection) },
      dispose: async () => {
        files.close();
        connection.close();
      },
    };
  },
});

export default storageSqlite;

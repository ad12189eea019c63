import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import { QmtlError } from "@qmtl/core/schema";
import type Libsql from "libsql";
import { Database } from "./driver.ts";

/** "QMTL": marks a SQLite file as a journal of ours. */
const APPLICATION_ID = 0x514d544c;

/**
 * What leads from each format to the next; their number is the present format. Entry 0 makes an empty file a journal. Entries
 * are only ever added.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE records (
     sequence INTEGER PRIMARY KEY,
     world TEXT NOT NULL,
     stream TEXT NOT NULL,
     revision INTEGER NOT NULL,
     body TEXT NOT NULL,
     UNIQUE (world, stream, revision)
   ) STRICT;
   CREATE TABLE refs (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   PRAGMA application_id = ${APPLICATION_ID};`,
];

/**
 * Brings a journal to the present format, in one transaction, after a copy of it as `<file>.format-<n>`. A file of a newer
 * format, or one that is not a journal, is left as it is.
 *
 * @throws `storage.newer-format`, `storage.not-a-journal`, errors of SQLite
 */
export function migrate(db: Libsql.Database, file: string, migrations: readonly string[]): void {
  if (formatOf(db, file, migrations.length) === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have done it while this one waited for the lock.
    const format = formatOf(db, file, migrations.length);
    if (format > 0 && format < migrations.length) copyTo(file, `${file}.format-${format}`);
    for (const step of migrations.slice(format)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** The file's format; 0 for an empty one. @throws `storage.newer-format`, `storage.not-a-journal` */
export function formatOf(db: Libsql.Database, file: string, present: number): number {
  const format = pragma(db, "user_version");
  const empty = db.prepare("SELECT name FROM sqlite_schema LIMIT 1").all().length === 0;
  if (pragma(db, "application_id") !== APPLICATION_ID && !(empty && format === 0))
    throw new QmtlError({
      code: "storage.not-a-journal",
      message: `${file} is a SQLite database of something else`,
      place: { file },
      next: "Configure another path.",
    });
  if (format <= present) return format;
  throw new QmtlError({
    code: "storage.newer-format",
    message: `${file} has format ${format}, this version of @qmtl/storage-sqlite knows formats up to ${present}`,
    place: { file },
    next: "Update @qmtl/storage-sqlite, or restore a copy from before.",
  });
}

export function pragma(db: Libsql.Database, name: "user_version" | "application_id"): number;
export function pragma(db: Libsql.Database, name: string): unknown;
export function pragma(db: Libsql.Database, name: string): unknown {
  const [row] = db.prepare(`PRAGMA ${name}`).all() as readonly Readonly<Record<string, unknown>>[];
  return row === undefined ? undefined : Object.values(row)[0];
}

/** A consistent copy through a second connection, while the first one keeps writers out. */
function copyTo(file: string, target: string): void {
  rmSync(target, { force: true });
  const reader = new Database(file, { timeout: 50 });
  try {
    reader.prepare("VACUUM INTO ?").run(target);
  } finally {
    reader.close();
  }
  const descriptor = openSync(target, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { QmtlError } from "@qmtl/core/schema";
import type Libsql from "libsql";
import { Database } from "./driver.ts";
import { closedFailure, type Doing, storageFailure } from "./failure.ts";
import { makeFolder } from "./folder.ts";
import { formatOf, MIGRATIONS, migrate, pragma } from "./format.ts";
import { type Patience, whenFree } from "./retry.ts";

/** Milliseconds that SQLite itself blocks this thread for a lock; longer waits are ours and do not block. */
const BUSY_MILLISECONDS = 50;
/** Milliseconds that a call waits for a lock in all. */
const WAIT_LIMIT = 30_000;

export type Row = Readonly<Record<string, unknown>>;

/** The journal's database, open. Every statement waits for locks as {@link whenFree} says. */
export interface Connection {
  readonly file: string;
  /** Rows of one query. */
  query(what: string, sql: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]>;
  /** All that the work does becomes durable, or nothing. The work must be quick: it holds the only write lock. */
  transact<T>(what: string, signal: AbortSignal, work: (run: Run) => T): Promise<T>;
  close(): void;
}

export type Run = (sql: string, ...values: readonly unknown[]) => readonly Row[];

export interface ConnectionOptions {
  readonly file: string;
  readonly signal: AbortSignal;
  readonly waitLimit?: number;
  readonly migrations?: readonly string[];
}

/** @throws `storage.read-only`, `storage.not-a-folder`, `storage.corrupt`, `storage.newer-format`, `storage.not-a-journal`, `storage.full`, `storage.busy` */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { file, signal, waitLimit = WAIT_LIMIT, migrations = MIGRATIONS } = options;
  const opening: Doing = { what: "open the journal", file };
  await makeFolder(dirname(file)).catch((error: unknown) => {
    throw storageFailure(error, opening);
  });
  const db = await whenFree(() => openFile(file, migrations), opening, { signal, limit: waitLimit });
  const statements = new Map<string, Libsql.Statement>();
  const patience = (given: AbortSignal): Patience => ({ signal: given, limit: waitLimit });

  const run: Run = (sql, ...values) => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    if (statement.reader) return statement.all(...values) as readonly Row[];
    statement.run(...values);
    return [];
  };
  const needOpen = (doing: Doing): void => {
    if (!db.open) throw closedFailure(doing);
  };

  return {
    file,
    query: (what, sql, values, given) => {
      const doing = { what, file };
      return whenFree(
        () => {
          needOpen(doing);
          return run(sql, ...values);
        },
        doing,
        patience(given),
      );
    },
    transact: (what, given, work) => {
      const doing = { what, file };
      return whenFree(
        () => {
          needOpen(doing);
          db.exec("BEGIN IMMEDIATE");
          try {
            const result = work(run);
            db.exec("COMMIT");
            return result;
          } catch (error) {
            // SQLite itself rolls back after some failures, a full disk among them.
            if (db.inTransaction) db.exec("ROLLBACK");
            throw error;
          }
        },
        doing,
        patience(given),
      );
    },
    close: () => {
      // The driver holds the file until its statements are collected: dropping them is all that can be done.
      statements.clear();
      if (db.open) db.close();
    },
  };
}

function openFile(file: string, migrations: readonly string[]): Libsql.Database {
  const db = openDatabase(file);
  try {
    // Looked at before anything is written: the file may not be ours.
    formatOf(db, file, migrations.length);
    const mode = pragma(db, "journal_mode = WAL");
    if (mode !== "wal") throw noWal(file, mode);
    db.exec("PRAGMA synchronous = FULL");
    migrate(db, file, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite says only that it can't open a file; the file system knows why. */
function openDatabase(file: string): Libsql.Database {
  try {
    return new Database(file, { timeout: BUSY_MILLISECONDS });
  } catch (error) {
    const what = "open the journal";
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      throw storageFailure(Object.assign(new Error("is a folder", { cause: error }), { code: "EISDIR" }), {
        what,
        file,
      });
    for (const path of [dirname(file), file]) if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    throw error;
  }
}

function noWal(file: string, mode: unknown): QmtlError {
  return new QmtlError({
    code: "storage.no-wal",
    message: `${file} can't be used with a write-ahead log (SQLite stays in mode ${String(mode)})`,
    place: { file },
    next: "Configure a path on a local disk: network file systems lack the locks that are needed.",
    class: "failed",
  });
}

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { openConnection } from "./connection.ts";
import { MIGRATIONS } from "./format.ts";
import { journalState } from "./journal.ts";

const { signal } = new AbortController();
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "qmtl-connection-")), "journal.db");

describe("locks", () => {
  test("a writer waits for another one, a reader does not", async () => {
    const file = newFile();
    const connection = await openConnection({ file, signal });
    const state = journalState(connection);
    await state.append("w", [{ stream: "s", expectedRevision: 0, records: [1] }], { signal });
    const other = new Database(file);
    other.exec("BEGIN IMMEDIATE");
    const waiting = state.append("w", [{ stream: "s", expectedRevision: 1, records: [2] }], { signal });
    expect(await state.head("w", "s", { signal })).toBe(1);
    await sleep(120);
    other.exec("COMMIT");
    other.close();
    expect(await waiting).toEqual({ kind: "appended", heads: { s: 2 } });
    connection.close();
  });

  test("one that waited too long is told so, and nothing is written", async () => {
    const file = newFile();
    const connection = await openConnection({ file, signal, waitLimit: 120 });
    const state = journalState(connection);
    const other = new Database(file);
    other.exec("BEGIN IMMEDIATE");
    const waiting = state.append("w", [{ stream: "s", expectedRevision: 0, records: [1] }], { signal });
    await expect(waiting).rejects.toMatchObject({ code: "storage.busy", place: { file }, class: "failed" });
    other.exec("ROLLBACK");
    other.close();
    expect(await state.head("w", "s", { signal })).toBe(0);
    connection.close();
  });

  test("a waiting writer can be cancelled", async () => {
    const file = newFile();
    const connection = await openConnection({ file, signal });
    const other = new Database(file);
    other.exec("BEGIN IMMEDIATE");
    const controller = new AbortController();
    const waiting = journalState(connection).append("w", [{ stream: "s", expectedRevision: 0, records: [1] }], {
      signal: controller.signal,
    });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "storage.cancelled" });
    other.close();
    connection.close();
  });
});

describe("formats", () => {
  const next = [...MIGRATIONS, "ALTER TABLE records ADD COLUMN note TEXT NOT NULL DEFAULT 'old'"];

  test("an older file is copied, then brought to the present format with all its records", async () => {
    const file = newFile();
    const old = await openConnection({ file, signal });
    await journalState(old).append("w", [{ stream: "s", expectedRevision: 0, records: ["kept"] }], { signal });
    old.close();

    const present = await openConnection({ file, signal, migrations: next });
    const rows = await present.query("look", "SELECT body, note FROM records", [], signal);
    expect(rows).toEqual([{ body: '"kept"', note: "old" }]);
    present.close();

    const copy = await openConnection({ file: `${file}.format-1`, signal });
    expect(await copy.query("look", "SELECT * FROM records", [], signal)).toHaveLength(1);
    expect(Object.keys((await copy.query("look", "SELECT * FROM records", [], signal))[0] ?? {})).not.toContain("note");
    copy.close();
  });

  test("a migration that fails changes nothing", async () => {
    const file = newFile();
    const old = await openConnection({ file, signal });
    await journalState(old).append("w", [{ stream: "s", expectedRevision: 0, records: ["kept"] }], { signal });
    old.close();
    const broken = [...next, "CREATE TABLE records (x)"];
    await expect(openConnection({ file, signal, migrations: broken })).rejects.toMatchObject({
      code: "storage.failed",
    });
    const again = await openConnection({ file, signal });
    expect(await journalState(again).head("w", "s", { signal })).toBe(1);
    again.close();
  });

  test("a newer file is refused with both numbers, and left as it is", async () => {
    const file = newFile();
    (await openConnection({ file, signal, migrations: next })).close();
    const before = readFileSync(file);
    await expect(openConnection({ file, signal })).rejects.toMatchObject({
      code: "storage.newer-format",
      message: expect.stringMatching(/format 2.*up to 1/),
      next: expect.stringContaining("Update"),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}.format-2`)).toBe(false);
  });

  test("a database of something else is refused, and left as it is", async () => {
    const file = newFile();
    const other = new Database(file);
    other.exec("CREATE TABLE theirs (x)");
    other.close();
    const before = readFileSync(file);
    await expect(openConnection({ file, signal })).rejects.toMatchObject({
      code: "storage.not-a-journal",
      place: { file },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("what is acknowledged is synced: write-ahead log, FULL", async () => {
    const connection = await openConnection({ file: newFile(), signal });
    expect(await connection.query("look", "PRAGMA synchronous", [], signal)).toEqual([{ synchronous: 2 }]);
    expect(await connection.query("look", "PRAGMA journal_mode", [], signal)).toEqual([{ journal_mode: "wal" }]);
    connection.close();
  });
});

describe("files that can't be used", () => {
  test("a file that is no database", async () => {
    const file = newFile();
    writeFileSync(file, "time,open,high,low,close\n".repeat(200));
    await expect(openConnection({ file, signal })).rejects.toMatchObject({
      code: "storage.corrupt",
      message: expect.stringContaining(file),
      next: expect.stringContaining("copy"),
    });
  });

  test("a journal with a damaged page", async () => {
    const file = newFile();
    const connection = await openConnection({ file, signal });
    const records = Array.from({ length: 300 }, (_, i) => `${i}`.repeat(100));
    await journalState(connection).append("w", [{ stream: "s", expectedRevision: 0, records }], { signal });
    await connection.query("checkpoint", "PRAGMA wal_checkpoint(TRUNCATE)", [], signal);
    connection.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096);
    writeFileSync(file, bytes);
    const damaged = await openConnection({ file, signal });
    await expect(journalState(damaged).read("w", "s", 0, { signal })).rejects.toMatchObject({
      code: "storage.corrupt",
      place: { file },
    });
    damaged.close();
  });

  test("a folder where the file should be, a file where the folder should be", async () => {
    const file = newFile();
    mkdirSync(file);
    await expect(openConnection({ file, signal })).rejects.toMatchObject({
      code: "storage.not-a-folder",
      place: { file },
    });
    const blocking = newFile();
    writeFileSync(blocking, "");
    await expect(openConnection({ file: join(blocking, "journal.db"), signal })).rejects.toMatchObject({
      code: "storage.not-a-folder",
      place: { file: blocking },
    });
  });

  test("a connection after it was closed", async () => {
    const connection = await openConnection({ file: newFile(), signal });
    connection.close();
    connection.close();
    await expect(journalState(connection).head("w", "s", { signal })).rejects.toMatchObject({ code: "storage.closed" });
  });
});

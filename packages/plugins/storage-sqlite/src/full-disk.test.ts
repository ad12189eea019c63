import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SetupContext, Storage } from "@qmtl/core/plugin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openConnection } from "./connection.ts";
import { MIGRATIONS } from "./format.ts";
import storageSqlite from "./index.ts";
import { journalState } from "./journal.ts";

const { signal } = new AbortController();

function contextFor(root: string): SetupContext {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const refuse = (): never => {
    throw new Error("not in this test");
  };
  return { log, clock: () => 0, secrets: refuse, fetch: refuse, signal, root };
}

test("a database that may not grow any more records nothing of an append, and keeps all before it", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "qmtl-full-")), "journal.db");
  const limited = [`${MIGRATIONS[0]} PRAGMA max_page_count = 20;`, ...MIGRATIONS.slice(1)];
  const connection = await openConnection({ file, signal, migrations: limited });
  const state = journalState(connection);
  let head = 0;
  const append = (size: number) =>
    state.append("w", [{ stream: "s", expectedRevision: head, records: ["x", "y".repeat(size)] }], { signal });
  await expect(async () => {
    for (;;) {
      await append(5_000);
      head += 2;
    }
  }).rejects.toMatchObject({
    code: "storage.full",
    class: "failed",
    place: { file },
    next: expect.stringContaining("Free"),
  });
  expect(head).toBeGreaterThan(0);
  expect(await state.head("w", "s", { signal })).toBe(head);
  connection.close();

  const roomy = await openConnection({ file, signal });
  const again = journalState(roomy);
  expect(await again.read("w", "s", 0, { signal })).toHaveLength(head);
  const next = await again.append("w", [{ stream: "s", expectedRevision: head, records: [1] }], { signal });
  expect(next.kind).toBe("appended");
  roomy.close();
});

const disk = mkdtempSync(join(tmpdir(), "qmtl-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync("umount", ["-l", disk]);
});

describe.skipIf(!mounted)("a disk of one megabyte (skipped where this user may not mount one)", () => {
  const filler = join(disk, "filler");
  let storage: Storage;
  beforeAll(async () => {
    storage = await storageSqlite.setup(contextFor(disk), { path: "state" });
    writeFileSync(filler, Buffer.alloc(300_000));
  });
  afterAll(() => storage.dispose?.());

  test("a full disk ends an append, and the next one after it was emptied works", async () => {
    const { state } = storage;
    if (state === undefined) throw new Error("no state");
    let head = 0;
    await expect(async () => {
      for (;;) {
        await state.append("w", [{ stream: "s", expectedRevision: head, records: ["z".repeat(20_000)] }], { signal });
        head += 1;
      }
    }).rejects.toMatchObject({ code: "storage.full" });
    expect(head).toBeGreaterThan(0);
    expect(await state.read("w", "s", 0, { signal })).toHaveLength(head);
    rmSync(filler);
    const next = await state.append("w", [{ stream: "s", expectedRevision: head, records: [1] }], { signal });
    expect(next).toEqual({ kind: "appended", heads: { s: head + 1 } });
  });

  test("a full disk ends a put, leaves no part of the object, and the next one after it was emptied works", async () => {
    const { objects } = storage;
    if (objects === undefined) throw new Error("no objects");
    const bytes = new Uint8Array(2_000_000).fill(7);
    await expect(objects.put(bytes, { signal })).rejects.toMatchObject({
      code: "storage.full",
      place: { file: expect.stringContaining(join("state", "objects")) },
    });
    expect(readdirSync(join(disk, "state", "objects", "tmp"))).toEqual([]);
    const small = new Uint8Array(1000).fill(8);
    const digest = await objects.put(small, { signal });
    expect(await objects.get(digest, { signal })).toEqual(small);
  });
});

const written = mkdtempSync(join(tmpdir(), "qmtl-written-"));
const view = mkdtempSync(join(tmpdir(), "qmtl-view-"));
const viewed = spawnSync("mount", ["-o", "bind,ro", written, view]).status === 0;
afterAll(() => {
  if (viewed) spawnSync("umount", ["-l", view]);
});

describe.skipIf(!viewed)("a read-only disk (skipped where this user may not mount one)", () => {
  const readOnly = { code: "storage.read-only", next: expect.stringContaining("right to write") };

  test("can be read where a journal is, and refuses every write", async () => {
    const before = await storageSqlite.setup(contextFor(written), { path: "state" });
    await before.state?.append("w", [{ stream: "s", expectedRevision: 0, records: [1] }], { signal });
    const { state, objects } = await storageSqlite.setup(contextFor(view), { path: "state" });
    expect(await state?.head("w", "s", { signal })).toBe(1);
    const append = state?.append("w", [{ stream: "s", expectedRevision: 1, records: [2] }], { signal });
    await expect(append).rejects.toMatchObject(readOnly);
    await expect(objects?.putIfAbsent("r", "v", { signal })).rejects.toMatchObject(readOnly);
    await expect(objects?.put(new Uint8Array([1]), { signal })).rejects.toMatchObject(readOnly);
  });

  test("is named when a journal has to be made on it", async () => {
    await expect(async () => storageSqlite.setup(contextFor(view), { path: "other" })).rejects.toMatchObject({
      ...readOnly,
      place: { file: expect.stringContaining(view) },
    });
  });
});

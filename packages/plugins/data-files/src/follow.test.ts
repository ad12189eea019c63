import { appendFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ColumnBatch } from "@qmtl/core/plugin";
import { describe, expect, test } from "vitest";
import { project, provide, readAll } from "./project.test.fixture.ts";

const HEADER = "time,open,high,low,close,volume\n";
const at = (hour: number): number => Date.UTC(2024, 6, 1, hour);
const row = (hour: number, close = 1.5): string =>
  `2024-07-01T${String(hour).padStart(2, "0")}:00Z,1,2,0.5,${close},10\n`;

/** A growing file, followed from its first row or after an hour. */
function follow(content: string, after = Number.NEGATIVE_INFINITY) {
  const root = project({ "data/A.csv": content });
  const provider = provide(root, { grows: true });
  const controller = new AbortController();
  const rows = provider.follow!({ preset: "p", symbol: "A", interval: "1h", after }, { signal: controller.signal });
  const iterator = rows[Symbol.asyncIterator]();
  const next = async (): Promise<ColumnBatch | undefined> => {
    const { done, value } = await iterator.next();
    return done === true ? undefined : value;
  };
  /** As whoever follows does: the file is open until then. */
  const stop = async (): Promise<void> => {
    controller.abort();
    await iterator.return?.();
  };
  return { file: join(root, "data/A.csv"), provider, next, stop };
}

const times = (batch: ColumnBatch | undefined): readonly number[] => [...(batch?.time ?? [])];

describe("a file that grows", () => {
  test("is followed from its rows on, and its lines keep their numbers", async () => {
    const { file, next, stop } = follow(HEADER + row(1) + row(2));
    expect(times(await next())).toEqual([at(1), at(2)]);
    appendFileSync(file, row(3) + row(4));
    const batch = await next();
    expect(times(batch)).toEqual([at(3), at(4)]);
    expect([...(batch?.origin?.lines ?? [])]).toEqual([4, 5]);
    await stop();
  });

  test("gives only rows after an instant", async () => {
    const { file, next, stop } = follow(HEADER + row(1) + row(2), at(2));
    appendFileSync(file, row(3));
    expect(times(await next())).toEqual([at(3)]);
    await stop();
  });

  test("keeps a torn last line back until its end is written", async () => {
    const { file, next, stop } = follow(`${HEADER}${row(1)}2024-07-01T02:00Z,1,2,0.5,1`);
    expect(times(await next())).toEqual([at(1)]);
    const waiting = next();
    appendFileSync(file, ".25,2");
    appendFileSync(file, "0\n");
    const batch = await waiting;
    expect(times(batch)).toEqual([at(2)]);
    expect(batch?.columns["close"]).toEqual(Float64Array.of(1.25));
    expect(batch?.columns["volume"]).toEqual(Float64Array.of(20));
    await stop();
  });

  test("is read without its torn last line, which the same file read as a whole has", async () => {
    const root = project({ "data/A.csv": HEADER + row(1) + row(2).trimEnd() });
    expect((await readAll(provide(root, { grows: true }))).time).toEqual([at(1)]);
    expect((await readAll(provide(root))).time).toEqual([at(1), at(2)]);
  });

  test.each<[how: string, code: string, change: (file: string) => void]>([
    ["loses lines", "files.truncated", (file) => truncateSync(file, HEADER.length)],
    [
      "is replaced",
      "files.replaced",
      (file) => {
        writeFileSync(`${file}.new`, HEADER + row(1) + row(2) + row(3));
        renameSync(`${file}.new`, file);
      },
    ],
    ["is written anew", "files.rewritten", (file) => writeFileSync(file, HEADER + row(1) + row(2, 9) + row(3))],
    ["is taken away", "files.unreadable", (file) => renameSync(file, `${file}.old`)],
    ["gets a line that is no row", "files.row-length", (file) => appendFileSync(file, "oops\n")],
  ])("that %s ends with %s", async (_how, code, change) => {
    const { file, next } = follow(HEADER + row(1) + row(2));
    await next();
    change(file);
    await expect(next()).rejects.toThrow(expect.objectContaining({ code }));
  });

  test("is the only thing that can be followed, and says so", async () => {
    const provider = provide(project({ "data/A.csv": HEADER + row(1) }));
    expect(provider.presets().map(({ live }) => live)).toEqual([false]);
    const rows = provider.follow!(
      { preset: "p", symbol: "A", interval: "1h", after: 0 },
      { signal: new AbortController().signal },
    );
    await expect(rows[Symbol.asyncIterator]().next()).rejects.toThrow(
      expect.objectContaining({ code: "files.not-growing" }),
    );
    expect(() => provide(project({}), { grows: true, path: ["a/{symbol}.csv", "b/{symbol}.csv"] })).toThrow(
      expect.objectContaining({ code: "files.not-growing" }),
    );
  });
});

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../schema/canonical.ts";
import { cutSeries } from "./cut.ts";
import {
  cellsFromBytes,
  commitDigest,
  cutBlocks,
  hashBlocks,
  littleEndianBytes,
  merkleRoot,
  type SeriesIdentity,
} from "./fingerprint.ts";

const DAY = 86_400_000;
const identity: SeriesIdentity = {
  source: "t.one",
  symbol: "A",
  interval: "1d",
  calendar: "24x7@1",
  adjustment: "none",
};

function daily(days: number, from = Date.UTC(2024, 0, 2)) {
  const stamps = Float64Array.from({ length: days }, (_, i) => from + i * DAY);
  const close = Float64Array.from(stamps, (_, i) => 100 + i);
  return { symbol: "A", tags: [], stamps, columns: { close, on: Uint8Array.from(close, (x) => x % 2) } };
}
const rootOf = (series: ReturnType<typeof daily>) => merkleRoot([{ identity, blocks: hashBlocks(series) }]);

describe("hashBlocks", () => {
  test("puts a bar into the month of its last instant", () => {
    const blocks = hashBlocks(daily(60));
    expect(blocks.filter(({ column }) => column === "close").map(({ month, rows }) => [month, rows])).toEqual([
      ["2024-01", 31],
      ["2024-02", 29],
    ]);
    const [only] = hashBlocks(daily(1, Date.UTC(2024, 1, 1)));
    expect(only?.month).toBe("2024-01");
  });

  test("hashes stamps, then cells, as little-endian bytes", () => {
    const series = { stamps: Float64Array.of(5 * DAY), columns: { x: Float64Array.of(1.5) } };
    const bytes = Buffer.alloc(16);
    bytes.writeDoubleLE(5 * DAY, 0);
    bytes.writeDoubleLE(1.5, 8);
    const digest = createHash("sha256").update(bytes).digest("hex");
    expect(hashBlocks(series)).toEqual([{ column: "x", month: "1970-01", rows: 1, digest }]);
  });
});

describe("cutBlocks", () => {
  test("gives the blocks that the prefix has by itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 130 }), (rows) => {
        const whole = daily(120);
        const cut = cutSeries(whole, whole.stamps[0]! + (rows - 1) * DAY);
        expect(cutBlocks({ blocks: hashBlocks(whole), series: cut })).toEqual(hashBlocks(cut));
      }),
    );
  });

  test("keeps the blocks of whole months and picks columns", () => {
    const whole = daily(60);
    const blocks = hashBlocks(whole);
    const cut = cutBlocks({ blocks, series: cutSeries(whole, whole.stamps[40]!), columns: ["close"] });
    expect(cut).toHaveLength(2);
    expect(cut[0]).toBe(blocks[0]);
    expect(cut[1]).not.toEqual(blocks[1]);
  });
});

describe("merkleRoot", () => {
  test("changes with any cell, any stamp and any part of the identity", () => {
    const root = rootOf(daily(60));
    fc.assert(
      fc.property(fc.nat(59), fc.constantFrom("stamps", "close"), (row, which) => {
        const changed = daily(60);
        const cells = which === "stamps" ? changed.stamps : changed.columns.close;
        cells[row]! += 1;
        expect(rootOf(changed)).not.toBe(root);
      }),
    );
    const blocks = hashBlocks(daily(60));
    for (const change of [{ source: "t.two" }, { symbol: "B" }, { interval: "1w" }, { calendar: "24x7@2" }])
      expect(merkleRoot([{ identity: { ...identity, ...change }, blocks }])).not.toBe(root);
  });

  test("does not depend on the order of series and blocks", () => {
    const a = { identity, blocks: hashBlocks(daily(90)) };
    const b = { identity: { ...identity, symbol: "B" }, blocks: hashBlocks(daily(70)) };
    const turned = { identity, blocks: [...a.blocks].reverse() };
    expect(merkleRoot([b, turned])).toBe(merkleRoot([a, b]));
  });

  test("is RFC 6962's over the sorted leaves", () => {
    const blocks = hashBlocks(daily(90));
    const sha = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
    const leaves = blocks
      .map((block) => canonicalJson({ ...identity, ...block }))
      .sort()
      .map((leaf) => sha(Buffer.from([0]), Buffer.from(leaf)));
    // The recursive definition: split at the largest power of two below the number of leaves.
    const tree = (of: Buffer[]): Buffer => {
      if (of.length === 1) return of[0]!;
      let k = 1;
      while (k * 2 < of.length) k *= 2;
      return sha(Buffer.from([1]), tree(of.slice(0, k)), tree(of.slice(k)));
    };
    for (let n = 1; n <= blocks.length; n++) {
      const some = blocks.slice(0, n);
      const wanted = some
        .map((block) => canonicalJson({ ...identity, ...block }))
        .sort()
        .map((leaf) => sha(Buffer.from([0]), Buffer.from(leaf)));
      expect(merkleRoot([{ identity, blocks: some }])).toBe(tree(wanted).toString("hex"));
    }
    expect(leaves).toHaveLength(6);
  });

  test("of nothing is the hash of nothing", () => {
    expect(merkleRoot([])).toBe(createHash("sha256").digest("hex"));
  });

  test("makes a commit together with the instant", () => {
    expect(commitDigest("a", 1)).not.toBe(commitDigest("a", 2));
    expect(commitDigest("a", 1)).not.toBe(commitDigest("b", 1));
  });
});

describe("bytes of cells", () => {
  test("come back as they were, also from an odd offset", () => {
    for (const [dtype, cells] of [
      ["f64", Float64Array.of(1.5, Number.NaN, -0)],
      ["i32", Int32Array.of(-1, 7)],
      ["categorical", Int32Array.of(0, 2)],
      ["bool", Uint8Array.of(1, 0)],
    ] as const) {
      const bytes = littleEndianBytes(cells);
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      expect(cellsFromBytes(shifted.subarray(1), dtype)).toEqual(cells);
    }
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TimeRange } from "../plugin/contract/data-provider.ts";
import { requireCalendar } from "./calendar/calendars.ts";
import {
  absentSlots,
  boundsOfRanges,
  chunkRange,
  coverageOfStamps,
  coverageRatio,
  intersectRanges,
  mergeRanges,
  missingRanges,
  missingSlots,
  subtractRanges,
} from "./coverage.ts";

const SIZE = 24;
const range = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const ranges = fc.array(range, { maxLength: 6 });

/** The model: the set of integer instants. */
const pointsOf = (of: readonly TimeRange[]) =>
  Array.from({ length: SIZE }, (_, t) => of.some(({ from, to }) => from <= t && t < to));

const canonical = (of: readonly TimeRange[]) =>
  of.every(({ from, to }, i) => from < to && (i === 0 || of[i - 1]!.to < from));

describe("the algebra of ranges", () => {
  test("is that of sets of instants", () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [A, B] = [pointsOf(a), pointsOf(b)];
        expect(pointsOf(mergeRanges([...a, ...b]))).toEqual(A.map((has, t) => has || B[t]));
        expect(pointsOf(subtractRanges(a, b))).toEqual(A.map((has, t) => has && !B[t]));
        expect(pointsOf(intersectRanges(a, b))).toEqual(A.map((has, t) => has && B[t]));
      }),
    );
  });

  test("gives one form for one set", () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        expect(canonical(mergeRanges(a))).toBe(true);
        expect(canonical(subtractRanges(a, b))).toBe(true);
        expect(canonical(intersectRanges(a, b))).toBe(true);
        expect(mergeRanges([...a].reverse())).toEqual(mergeRanges(a));
        expect(subtractRanges(a, subtractRanges(a, b))).toEqual(intersectRanges(a, b));
        expect(mergeRanges([...subtractRanges(a, b), ...intersectRanges(a, b)])).toEqual(mergeRanges(a));
      }),
    );
  });

  test("finds what is missing, and the bounds", () => {
    const coverage = [
      { from: 60, to: 120 },
      { from: 240, to: 300 },
    ];
    expect(missingRanges(coverage, { from: 0, to: 360 })).toEqual([
      { from: 0, to: 60 },
      { from: 120, to: 240 },
      { from: 300, to: 360 },
    ]);
    expect(boundsOfRanges([...coverage].reverse())).toEqual({ from: 60, to: 300 });
    expect(boundsOfRanges([{ from: 3, to: 3 }])).toBeUndefined();
  });

  test("refuses a range that ends before it begins", () => {
    expect(() => mergeRanges([{ from: 2, to: 1 }])).toThrow(expect.objectContaining({ code: "data.invalid-range" }));
    expect(() => mergeRanges([{ from: Number.NaN, to: 1 }])).toThrow(
      expect.objectContaining({ code: "data.invalid-range" }),
    );
  });
});

describe("chunkRange", () => {
  test("gives touching pieces of at most the length that add up", () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 9 }), (whole, length) => {
        const chunks = chunkRange(whole, length);
        expect(mergeRanges(chunks)).toEqual(mergeRanges([whole]));
        expect(chunks.every(({ from, to }) => to - from <= length && to > from)).toBe(true);
        expect(chunks).toHaveLength(Math.ceil((whole.to - whole.from) / length));
      }),
    );
  });

  test("refuses a length that never ends", () => {
    expect(() => chunkRange({ from: 0, to: 1 }, 0)).toThrow(expect.objectContaining({ code: "data.invalid-range" }));
  });
});

describe("coverageRatio", () => {
  const requested = { from: 0, to: 600 };
  test("is the smaller of rows over slots and time over time", () => {
    expect(coverageRatio({ requested, bounds: requested, rows: 11, slots: 11 })).toBe(1);
    expect(coverageRatio({ requested, bounds: { from: 0, to: 300 }, rows: 11, slots: 11 })).toBe(0.5);
    expect(coverageRatio({ requested, bounds: requested, rows: 2, slots: 8 })).toBe(0.25);
    expect(coverageRatio({ requested, bounds: { from: 700, to: 900 }, rows: 5, slots: 11 })).toBe(0);
  });
  test("of a request without extent asks for any row", () => {
    expect(coverageRatio({ requested: { from: 60, to: 60 }, bounds: { from: 60, to: 60 }, rows: 1, slots: 1 })).toBe(1);
    expect(coverageRatio({ requested: { from: 60, to: 60 }, bounds: undefined, rows: 0, slots: 1 })).toBe(0);
  });
});

describe("coverage of bars", () => {
  const xnys = requireCalendar("XNYS");
  const from = Date.UTC(2024, 10, 25);
  const to = Date.UTC(2024, 11, 7);
  const days = xnys.slots("1d", from, to);

  test("has no seam over nights, weekends and holidays", () => {
    expect(coverageOfStamps(days, xnys, "1d")).toHaveLength(1);
  });

  test("opens exactly where a slot has no bar", () => {
    fc.assert(
      fc.property(fc.subarray([...days], { minLength: 1 }), (kept) => {
        const stamps = Float64Array.from(kept);
        const whole = { from: kept[0]! - 1, to: kept.at(-1)! };
        const missing = [...missingSlots(coverageOfStamps(stamps, xnys, "1d"), whole, xnys, "1d")];
        const expected = [...days].filter((end) => end > kept[0]! && end <= kept.at(-1)! && !kept.includes(end));
        expect(missing).toEqual(expected);
        expect([...absentSlots(stamps, xnys, "1d")]).toEqual(expected);
      }),
    );
  });

  test("of observed bars has no holes", () => {
    const observed = requireCalendar("observed");
    expect(coverageOfStamps(Float64Array.of(1_000, 900_000), observed, "1s")).toEqual([{ from: 0, to: 900_000 }]);
    expect(coverageOfStamps(new Float64Array(0), observed, "1s")).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { categorical, f64 } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import { requireCalendar } from "./calendar/calendars.ts";
import { cutPanel } from "./cut.ts";
import { applyGapPolicy } from "./gap-policy.ts";
import type { Panel, Series } from "./panel.ts";

const HOUR = 3_600_000;
const nan = Number.NaN;

function panel(hours: readonly number[], close: readonly number[], schema: Panel["schema"] = oneColumn): Panel {
  const stamps = Float64Array.from(hours, (hour) => hour * HOUR);
  const series: Series = { symbol: "AAA", tags: [], stamps, columns: { close: Float64Array.from(close) } };
  return { preset: "main", schema, interval: "1h", calendar: requireCalendar("24x7"), series: [series] };
}
const oneColumn: Panel["schema"] = { id: "one@1", columns: { close: f64 }, fold: {} };

const rowsOf = ({ series: [first] }: Panel) =>
  Array.from(first!.stamps, (stamp, i) => [stamp / HOUR, first!.columns["close"]![i]]);

describe("mark", () => {
  test("inserts bars of NaN at missing slots and leaves the others", () => {
    const marked = applyGapPolicy({ panel: panel([1, 2, 5], [10, nan, 50]), gaps: "mark" });
    expect(rowsOf(marked)).toEqual([
      [1, 10],
      [2, nan],
      [3, nan],
      [4, nan],
      [5, 50],
    ]);
  });

  test("knows nothing of what comes after the cut", () => {
    const whole = panel([1, 2, 5], [10, 20, 50]);
    const cut = applyGapPolicy({ panel: cutPanel(whole, 4 * HOUR), gaps: "mark" });
    expect(rowsOf(cut)).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  test("can't mark a column without a missing value", () => {
    const schema = { ...oneColumn, columns: { close: categorical(["a"]) } };
    expect(() => applyGapPolicy({ panel: panel([1, 3], [0, 0], schema), gaps: "mark" })).toThrow(
      expect.objectContaining({
        code: "data.cannot-mark",
        message: expect.stringContaining('categorical column such as "close"'),
      }),
    );
    expect(rowsOf(applyGapPolicy({ panel: panel([1, 2], [0, 0], schema), gaps: "mark" }))).toHaveLength(2);
  });
});

describe("absent", () => {
  test("drops bars that lack a value and leaves missing slots out", () => {
    const left = applyGapPolicy({ panel: panel([1, 2, 5], [10, nan, 50]), gaps: "absent" });
    expect(rowsOf(left)).toEqual([
      [1, 10],
      [5, 50],
    ]);
  });
});

describe("refuse", () => {
  test("passes whole series", () => {
    const whole = panel([1, 2, 3], [1, 2, 3]);
    expect(applyGapPolicy({ panel: whole, gaps: "refuse" })).toEqual(whole);
  });

  test("names the first missing slots and their number", () => {
    expect(() => applyGapPolicy({ panel: panel([1, 9], [1, 2]), gaps: "refuse" })).toThrow(
      expect.objectContaining({
        code: "data.gaps",
        message: "AAA lacks 7 1h bars that 24x7 expects, first the one that ends at 1970-01-01T02:00:00Z",
        place: { preset: "main", symbol: "AAA", bar: 2 * HOUR },
        details: expect.toSatisfy((details: unknown[]) => details.length === 5),
      }),
    );
  });

  test("names holes by file and line where the import saw them", () => {
    const report = {
      symbol: "AAA",
      rows: { read: 3, kept: 3 },
      span: { first: HOUR, last: 3 * HOUR },
      findings: [
        {
          kind: "hole" as const,
          count: 1,
          examples: [{ bar: 2 * HOUR, file: "a.csv", line: 3, detail: "has no value in close" }],
        },
      ],
    };
    expect(() => applyGapPolicy({ panel: panel([1, 2, 3], [1, nan, 3]), gaps: "refuse", reports: [report] })).toThrow(
      expect.objectContaining({
        code: "data.holes",
        place: { preset: "main", symbol: "AAA", bar: 2 * HOUR, file: "a.csv", line: 3 },
      }),
    );
  });

  test("does not pass bars out of bounds", () => {
    const one = Float64Array.of(1);
    const series: Series = {
      symbol: "AAA",
      tags: [],
      stamps: Float64Array.of(HOUR),
      columns: { open: Float64Array.of(3), high: Float64Array.of(2), low: one, close: one, volume: one },
    };
    const broken: Panel = { ...panel([], []), schema: ohlcv, series: [series] };
    expect(() => applyGapPolicy({ panel: broken, gaps: "refuse" })).toThrow(
      expect.objectContaining({
        code: "data.bounds",
        message: "In 1 bars of AAA open 3 is outside of low 1 and high 2, first at 1970-01-01T01:00:00Z",
      }),
    );
    expect(applyGapPolicy({ panel: broken, gaps: "mark" }).series).toHaveLength(1);
  });
});

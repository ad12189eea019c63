import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnBatch } from "../plugin/contract/data-provider.ts";
import { bool, categorical, f64, i32 } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import { requireCalendar } from "./calendar/calendars.ts";
import { type ConformInput, conformSeries } from "./conformance.ts";

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const NOON = at("2024-07-01T12:00:00Z");

/** Hours of 24x7 as end stamps, rows from line 2 on. */
function bars(close: readonly number[], times: readonly number[] = close.map((_, i) => NOON + i * HOUR)): ColumnBatch {
  const price = Float64Array.from(close);
  return {
    time: Float64Array.from(times),
    columns: { open: price, high: price, low: price, close: price, volume: price },
    origin: { file: "a.csv", lines: Int32Array.from(close, (_, i) => i + 2) },
  };
}

function conform(batches: readonly ColumnBatch[], change: Partial<ConformInput> = {}) {
  const calendar = change.calendar ?? requireCalendar("24x7");
  return conformSeries({
    batches,
    preset: "main",
    symbol: "AAA",
    tags: ["x"],
    columns: ohlcv.columns,
    interval: "1h",
    calendar,
    madeFor: calendar.id,
    stamp: "end",
    ...change,
  });
}

const refused = (code: string, more: object = {}) => expect.objectContaining({ code, ...more });
const close = f64;

describe("conformSeries", () => {
  test("passes clean rows on as they are", () => {
    const { series, report } = conform([bars([1, 2, 3])]);
    expect([...series.stamps]).toEqual([NOON, NOON + HOUR, NOON + 2 * HOUR]);
    expect([...series.columns["close"]!]).toEqual([1, 2, 3]);
    expect(series.tags).toEqual(["x"]);
    expect(report).toEqual({
      symbol: "AAA",
      rows: { read: 3, kept: 3 },
      span: { first: NOON, last: NOON + 2 * HOUR },
      findings: [],
    });
  });

  test("does not see how rows were split into batches", () => {
    const row = fc.record({
      step: fc.constantFrom(0, 1, 1, 1, 3),
      price: fc.constantFrom(1, 2, Number.NaN, Number.POSITIVE_INFINITY),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(30)),
        fc.boolean(),
        (rows, cuts, turned) => {
          let time = NOON;
          const times = rows.map(({ step }) => {
            time += step * HOUR;
            return time;
          });
          if (turned) times.reverse();
          const whole = bars(
            rows.map(({ price }) => price),
            times,
          );
          const edges = [0, ...cuts.filter((cut) => cut < rows.length), rows.length].sort((a, b) => a - b);
          const parts = edges.slice(1).map((to, i) => slice(whole, edges[i]!, to));
          expect(outcome(parts)).toEqual(outcome([whole]));
        },
      ),
    );

    function outcome(batches: readonly ColumnBatch[]) {
      try {
        return JSON.parse(JSON.stringify(conform(batches), (_, value) => (Number.isNaN(value) ? "NaN" : value)));
      } catch (error) {
        return JSON.parse(JSON.stringify(error));
      }
    }
    function slice(batch: ColumnBatch, from: number, to: number): ColumnBatch {
      return {
        time: batch.time.slice(from, to),
        columns: Object.fromEntries(Object.entries(batch.columns).map(([n, cells]) => [n, cells.slice(from, to)])),
        origin: { file: "a.csv", lines: batch.origin!.lines.slice(from, to) },
      };
    }
  });

  test("turns rows round that run from the newest to the oldest, and says so", () => {
    const { series, report } = conform([bars([3, 2, 1], [NOON + 2 * HOUR, NOON + HOUR, NOON])]);
    expect([...series.stamps]).toEqual([NOON, NOON + HOUR, NOON + 2 * HOUR]);
    expect([...series.columns["close"]!]).toEqual([1, 2, 3]);
    expect(report.findings).toEqual([
      {
        kind: "reversed",
        count: 1,
        examples: [{ bar: NOON + 2 * HOUR, file: "a.csv", line: 2, detail: "the first row is the newest" }],
      },
    ]);
  });

  test("refuses rows in disorder, with the line", () => {
    expect(() => conform([bars([1, 2, 3], [NOON, NOON + 2 * HOUR, NOON + HOUR])])).toThrow(
      refused("data.unordered", {
        place: { preset: "main", symbol: "AAA", file: "a.csv", line: 4, bar: NOON + HOUR },
        message: "The bar of 2024-07-01T13:00:00Z stands after that of 2024-07-01T14:00:00Z",
      }),
    );
  });

  test.each(["first", "following"] as const)(
    "of rows that arrive (%s), the first word on a bar stands: what comes later is late",
    (arriving) => {
      const at = [NOON, NOON + 2 * HOUR, NOON + HOUR, NOON + 2 * HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR];
      const { series, report } = conform([bars([1, 2, 9, 2, 8, 3], at)], { arriving });
      expect([...series.stamps]).toEqual([NOON, NOON + 2 * HOUR, NOON + 3 * HOUR]);
      expect([...series.columns["close"]!]).toEqual([1, 2, 3]);
      expect(report.findings.filter(({ kind }) => kind !== "gap")).toMatchObject([
        {
          kind: "late",
          count: 2,
          examples: [
            { bar: NOON + HOUR, line: 4, detail: "came in after the bar of 2024-07-01T14:00:00Z" },
            { bar: NOON + 2 * HOUR, line: 6 },
          ],
        },
        { kind: "duplicate", count: 1, examples: [{ line: 5 }] },
      ]);
    },
  );

  test("rows that follow one that was taken are late where they come before it; a whole series from the newest on is not", () => {
    const backwards = [bars([2, 1], [NOON + HOUR, NOON])];
    expect([...conform(backwards, { arriving: "following" }).series.columns["close"]!]).toEqual([2]);
    expect([...conform(backwards, { arriving: "first" }).series.columns["close"]!]).toEqual([1, 2]);
  });

  test("drops repeated rows and counts them", () => {
    const { series, report } = conform([
      bars([1, Number.NaN, Number.NaN, 2], [NOON, NOON + HOUR, NOON + HOUR, NOON + 2 * HOUR]),
    ]);
    expect([...series.columns["close"]!]).toEqual([1, Number.NaN, 2]);
    expect(report.rows).toEqual({ read: 4, kept: 3 });
    expect(report.findings.find(({ kind }) => kind === "duplicate")).toMatchObject({
      count: 1,
      examples: [{ line: 4 }],
    });
  });

  test("refuses two rows of a bar that disagree, with both lines", () => {
    expect(() => conform([bars([1, 2], [NOON, NOON])])).toThrow(
      refused("data.conflicting-duplicate", {
        message: 'Two rows of the bar of 2024-07-01T12:00:00Z disagree on "open": 1 and 2 (lines 2 and 3)',
        place: expect.objectContaining({ file: "a.csv", line: 3 }),
        details: [expect.objectContaining({ place: expect.objectContaining({ file: "a.csv", line: 2 }) })],
      }),
    );
  });

  test("takes the value from infinite cells, and counts rows without a value", () => {
    const { series, report } = conform([bars([1, Number.NEGATIVE_INFINITY, Number.NaN])]);
    expect([...series.columns["close"]!]).toEqual([1, Number.NaN, Number.NaN]);
    const counts = Object.fromEntries(report.findings.map(({ kind, count }) => [kind, count]));
    expect(counts).toEqual({ "non-finite": 5, hole: 2 });
    expect(report.findings.find(({ kind }) => kind === "hole")?.examples[0]).toMatchObject({
      line: 3,
      detail: "has no value in open, high, low, close, volume",
    });
  });

  test("reports bars whose bounds don't hold", () => {
    const batch = bars([1, 2]);
    const { report } = conform([{ ...batch, columns: { ...batch.columns, high: Float64Array.of(1, 1.5) } }]);
    expect(report.findings).toEqual([
      {
        kind: "bounds",
        count: 1,
        examples: [{ bar: NOON + HOUR, file: "a.csv", line: 3, detail: "low 2 is above high 1.5" }],
      },
    ]);
  });

  test("counts the slots without a bar, showing five", () => {
    const { report } = conform([bars([1, 2], [NOON, NOON + 8 * HOUR])]);
    const [gap] = report.findings;
    expect(gap).toMatchObject({ kind: "gap", count: 7 });
    expect(gap?.examples).toHaveLength(5);
    expect(gap?.examples[0]).toEqual({ bar: NOON + HOUR, detail: "no bar ends at 2024-07-01T13:00:00Z" });
  });

  test("expects no slots of observed bars", () => {
    const { report } = conform([bars([1, 2], [NOON + 7, NOON + 8 * HOUR])], { calendar: requireCalendar("observed") });
    expect(report.findings).toEqual([]);
  });

  test("refuses what is no row at all", () => {
    expect(() => conform([])).toThrow(refused("data.no-rows"));
    expect(() => conform([bars([1, 2], [NOON, Number.NaN])])).toThrow(
      refused("data.unreadable-time", { place: expect.objectContaining({ file: "a.csv", line: 3 }) }),
    );
    expect(() => conform([bars([1], [NOON + 0.5])])).toThrow(refused("data.unreadable-time"));
  });

  test("refuses a missing column with the file and the columns found", () => {
    expect(() => conform([bars([1])], { columns: { ...ohlcv.columns, adjclose: close } })).toThrow(
      refused("data.missing-column", {
        message: 'There is no column "adjclose"; found open, high, low, close, volume',
        place: { preset: "main", symbol: "AAA", file: "a.csv" },
      }),
    );
  });

  test("reads columns of every type", () => {
    const batch: ColumnBatch = {
      time: Float64Array.of(NOON, NOON + HOUR),
      columns: { size: Float64Array.of(-3, 4), on: Uint8Array.of(1, 0), phase: ["open", "halted"] },
    };
    const { series } = conform([batch], { columns: { size: i32, on: bool, phase: categorical(["halted", "open"]) } });
    expect(series.columns["size"]).toEqual(Int32Array.of(-3, 4));
    expect(series.columns["on"]).toEqual(Uint8Array.of(1, 0));
    expect(series.columns["phase"]).toEqual(Int32Array.of(1, 0));
  });

  test.each([
    ["i32", i32, Float64Array.of(1.5), "data.unreadable-cell"],
    ["i32", i32, Float64Array.of(Number.NaN), "data.unreadable-cell"],
    ["bool", bool, Float64Array.of(2), "data.unreadable-cell"],
    ["f64", f64, ["1"], "data.unreadable-cell"],
    ["categorical", categorical(["open"]), ["shut"], "data.unknown-word"],
    ["categorical", categorical(["open"]), Float64Array.of(0), "data.unknown-word"],
    ["f64", f64, new Float64Array(2), "data.ragged-batch"],
  ])("refuses a cell that is no %s", (_, cell, cells, code) => {
    const batch = {
      time: Float64Array.of(NOON),
      columns: { x: cells },
      origin: { file: "b.csv", lines: Int32Array.of(9) },
    };
    expect(() => conform([batch], { columns: { x: cell } })).toThrow(
      refused(code, { place: { preset: "main", symbol: "AAA", file: "b.csv", line: 9 } }),
    );
  });
});

describe("stamps", () => {
  const xnys = requireCalendar("XNYS");
  const minutes = [...xnys.slots("1m", at("2024-07-01T00:00:00Z"), at("2024-07-03T00:00:00Z"))];
  const rows = (times: readonly number[]) => [
    bars(
      Array.from(times, () => 1),
      times,
    ),
  ];
  const minute = { interval: "1m", calendar: xnys } as const;

  test("that are starts become ends", () => {
    const starts = minutes.map((end) => end - 60_000);
    const { series, report } = conform(rows(starts), { ...minute, stamp: "start" });
    expect([...series.stamps]).toEqual(minutes);
    expect(report.findings).toEqual([]);
  });

  test("that are starts but were declared ends are refused with the right word", () => {
    const starts = minutes.map((end) => end - 60_000);
    expect(() => conform(rows(starts), { ...minute, stamp: "end" })).toThrow(
      refused("data.stamp-mismatch", {
        message:
          "2 of 780 times, first 2024-07-01T13:30:00Z, are not the end of a 1m bar of XNYS, but each of them is the start of one",
        next: "Declare stamp: start where the preset is defined.",
        place: expect.objectContaining({ file: "a.csv", line: 2 }),
      }),
    );
  });

  test("that are ends but were declared starts are refused with the right word", () => {
    expect(() => conform(rows(minutes), { ...minute, stamp: "start" })).toThrow(
      refused("data.stamp-mismatch", { next: "Declare stamp: end where the preset is defined." }),
    );
  });

  test("that name a session's day end with the session", () => {
    const times = [at("2024-07-02T12:00:00Z"), at("2024-07-03T12:00:00Z")];
    const { series } = conform(rows(times), { interval: "1d", calendar: xnys, stamp: "session" });
    expect([...series.stamps]).toEqual([at("2024-07-02T20:00:00Z"), at("2024-07-03T17:00:00Z")]);
    expect(() => conform(rows(times), { interval: "1d", calendar: xnys, stamp: "end" })).toThrow(
      refused("data.stamp-mismatch", { next: "Declare stamp: session where the preset is defined." }),
    );
    expect(() => conform(rows(times), { ...minute, stamp: "session" })).toThrow(refused("data.stamp-mismatch"));
  });

  test("that are dates at midnight UTC are recognised as such", () => {
    const dates = ["2024-06-28", "2024-07-01"].map((date) => at(`${date}T00:00:00Z`));
    expect(() => conform(rows(dates), { interval: "1d", calendar: xnys, stamp: "start" })).toThrow(
      refused("data.off-grid", { message: expect.stringContaining("they look like dates without a zone") }),
    );
  });

  test("on a day without a session are refused with their lines", () => {
    const times = [at("2024-07-03T17:00:00Z"), at("2024-07-04T20:00:00Z")];
    expect(() => conform(rows(times), { interval: "1d", calendar: xnys })).toThrow(
      refused("data.off-grid", {
        message: "1 of 2 times, first 2024-07-04T20:00:00Z, are not the end of a 1d bar of XNYS",
        place: { preset: "main", symbol: "AAA", file: "a.csv", line: 3, bar: times[1] },
      }),
    );
  });

  test("of another calendar than the preset is made for are refused with that calendar", () => {
    const times = [at("2024-07-03T00:00:00Z"), at("2024-07-04T00:00:00Z")];
    expect(() => conform(rows(times), { interval: "1d", calendar: xnys, madeFor: "24x7" })).toThrow(
      refused("data.off-grid", {
        next: "Declare calendar: 24x7, for which the preset is made, or use another preset.",
      }),
    );
  });

  test("off the grid of 24x7 are refused", () => {
    expect(() => conform(rows([NOON, NOON + HOUR / 2]))).toThrow(refused("data.off-grid"));
  });
});

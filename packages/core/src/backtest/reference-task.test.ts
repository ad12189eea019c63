import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { ohlcv } from "../schema/schema.ts";
import { createBacktest } from "./backtest.ts";
import { referenceSeries } from "./reference-series.test.helper.ts";

/** Long one unit while the mean of 10 closes is above that of 30, by running sums. */
function crossOver(close: Float64Array): Float64Array {
  const target = new Float64Array(close.length).fill(Number.NaN);
  let fast = 0;
  let slow = 0;
  for (let i = 0; i < close.length; i++) {
    fast += close[i]!;
    slow += close[i]!;
    if (i >= 10) fast -= close[i - 10]!;
    if (i >= 30) slow -= close[i - 30]!;
    if (i >= 29) target[i] = fast / 10 > slow / 30 ? 1 : 0;
  }
  return target;
}

function reference(bars: number, step: "batch" | "bar by bar") {
  const { stamps, columns } = referenceSeries(bars);
  const panel: Panel = {
    preset: "reference",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1m",
    calendar: aroundTheClock,
    series: [{ symbol: "REF", tags: [], stamps, columns }],
  };
  const values = crossOver(columns.close);
  const backtest = createBacktest({
    decision: { kind: "targetPositions", interval: "1m", target: { kind: "panel", ref: { node: 1, column: "units" } } },
    columns: () => ({
      scope: "symbol",
      series: [{ symbol: "REF", stamps, values, base: 0, origin: 0, firstValid: 29, computed: bars }],
    }),
    panel,
    instruments: [{ symbol: "REF", currency: "USD", lot: 1, tick: 0 }],
    brokerage: {
      fee: { kind: "percent", fraction: 0.0002 },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 5,
    },
    equity: 1_000_000,
    calendar: aroundTheClock,
  });
  if (step === "batch") backtest.advance(Number.POSITIVE_INFINITY);
  else for (const stamp of stamps) backtest.advance(stamp);
  return backtest.result();
}

describe("the reference task, to the last digit of an engine-independent loop", () => {
  test.each(["batch", "bar by bar"] as const)("100,000 bars, %s", (step) => {
    const { counters, finalEquity, fills, positions } = reference(100_000, step);
    expect(counters.entries).toBe(1903);
    // Rows before the first valid one say nothing.
    expect([counters.decisions, counters.undecided]).toEqual([100_000 - 29, 0]);
    expect(finalEquity).toBe(999938.1920222424);
    expect(fills.time.length).toBe(2 * 1903 - positions.length);
  });

  test("1,000,000 bars", () => {
    const { counters, finalEquity, times, firstDecision } = reference(1_000_000, "batch");
    expect(counters.entries).toBe(19_374);
    expect(finalEquity).toBe(999181.5484800101);
    // One day begun, 693 whole ones, and what is left of the last.
    expect(times.length).toBe(1 + 694 + 1);
    expect(times[0]).toBe(firstDecision);
  });
});

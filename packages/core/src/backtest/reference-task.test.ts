import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { ohlcv } from "../schema/schema.ts";
import { createBacktest } from "./backtest.ts";

/** Seeded one-minute bars: a geometric random walk with a weak pull to 100. */
function series(n: number) {
  let state = 42;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const u = Math.max(uniform(), 1e-12);
    const v = uniform();
    const m = Math.sqrt(-2 * Math.log(u));
    spare = m * Math.sin(2 * Math.PI * v);
    return m * Math.cos(2 * Math.PI * v);
  };
  const stamps = new Float64Array(n);
  const columns = {
    open: new Float64Array(n),
    high: new Float64Array(n),
    low: new Float64Array(n),
    close: new Float64Array(n),
    volume: new Float64Array(n),
  };
  let price = 100;
  for (let i = 0; i < n; i++) {
    const open = price * (1 + 0.0001 * normal());
    const close = Math.max(0.01, open * (1 + 0.0006 * normal() - 0.02 * 0.0006 * Math.log(open / 100)));
    const high = Math.max(open, close) * (1 + 0.0003 * Math.abs(normal()));
    const low = Math.min(open, close) * (1 - 0.0003 * Math.abs(normal()));
    stamps[i] = Date.UTC(2020, 0, 1) + (i + 1) * 60_000;
    columns.open[i] = open;
    columns.close[i] = close;
    columns.high[i] = Math.max(high, open, close);
    columns.low[i] = Math.min(low, open, close);
    columns.volume[i] = Math.round(1000 * Math.exp(0.5 * normal()));
    price = close;
  }
  return { stamps, columns };
}

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
  const { stamps, columns } = series(bars);
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

import { expect, test } from "vitest";
import { f64 } from "../schema/cell.ts";
import { rngStep } from "./clock-step.ts";
import { HistoryColumn } from "./column-buffer.ts";
import { createTimeline, sizeTimeline } from "./timeline.ts";

const MINUTE = 60_000;

function draw(seed: number, symbol: string, first: number, count: number): Float64Array {
  const timeline = createTimeline(Float64Array.from({ length: count }, (_, row) => (first + row) * MINUTE));
  sizeTimeline(timeline, count);
  const output = new HistoryColumn(f64, timeline);
  const plan = { symbol, timeline, firstInput: 0, firstValid: 0, sources: [] };
  timeline.target = count;
  rngStep({ node: 0, plan, outputs: [output], seed }).run();
  return output.view as Float64Array;
}

test("draws depend on seed, symbol and stamp, and on nothing else", () => {
  const whole = draw(7, "SPY", 26_000_000, 1000);
  expect(draw(7, "SPY", 26_000_400, 600)).toEqual(whole.slice(400));
  for (const other of [
    draw(8, "SPY", 26_000_000, 1000),
    draw(7, "SPX", 26_000_000, 1000),
    draw(7.5, "SPY", 26_000_000, 1000),
  ])
    expect(other.filter((value, row) => value === whole[row])).toHaveLength(0);
});

test("draws are uniform, also from bar to bar and in their low digits", () => {
  const count = 100_000;
  const values = draw(1, "A", 26_000_000, count);
  const chi = (bins: number, of: (value: number, row: number) => number): number => {
    const found = new Float64Array(bins);
    for (let row = 1; row < count; row++) found[of(values[row]!, row)]!++;
    const expected = (count - 1) / bins;
    return found.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  };
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  // 63 degrees of freedom: beyond 120 once in 50,000 tries; the draws are fixed, so this can't flicker.
  expect(chi(64, (value) => Math.floor(value * 64))).toBeLessThan(120);
  expect(chi(64, (value) => Math.floor(value * 2 ** 40) % 64)).toBeLessThan(120);
  expect(chi(64, (value, row) => Math.floor(values[row - 1]! * 8) * 8 + Math.floor(value * 8))).toBeLessThan(120);
});

test("a symbol's first draws are known", () => {
  expect([...draw(42, "SPY", 26_000_000, 3)]).toMatchInlineSnapshot(`
    [
      0.524347849147882,
      0.45773517123345153,
      0.4291561994257459,
    ]
  `);
});

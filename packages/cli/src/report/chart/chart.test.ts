import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChartData } from "../browser/payload.ts";
import { numberTicks, timeTicks } from "../browser/ticks.ts";
import { STATIC_COLUMNS, staticChart } from "./static-chart.ts";
import { thin } from "./thin.ts";

describe("thinning", () => {
  const values = fc.array(fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }), {
    minLength: 1,
    maxLength: 300,
  });

  test("keeps the ends and every column's extremes of every series, in order, and is bounded", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (first, columns) => {
        const second = first.map((value) => (value === null ? 1 : -value));
        const xs = first.map((_, i) => i);
        const kept = thin(xs, [first, second], columns);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        expect(kept[0]).toBe(0);
        expect(kept.at(-1)).toBe(xs.length - 1);
        expect(kept.length).toBeLessThanOrEqual(Math.max(columns * 2, columns * 6));
        for (const series of [first, second]) {
          const known = series.filter((value) => value !== null);
          const drawn = kept.map((i) => series[i] ?? null).filter((value) => value !== null);
          if (known.length === 0) continue;
          expect(Math.max(...drawn)).toBe(Math.max(...known));
          expect(Math.min(...drawn)).toBe(Math.min(...known));
        }
      }),
    );
  });

  test("keeps a spike of one period in each column", () => {
    const xs = Array.from({ length: 100_000 }, (_, i) => i);
    const flat = xs.map((i) => (i % 1000 === 500 ? 1 : 0));
    const kept = new Set(thin(xs, [flat], 100));
    for (let i = 500; i < xs.length; i += 1000) expect(kept.has(i)).toBe(true);
  });
});

describe("ticks", () => {
  test("are round numbers within the range", () => {
    expect(numberTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(numberTicks(-0.32, 0, 3)).toEqual([-0.2, 0]);
    expect(numberTicks(712_345, 1_580_000, 6)).toEqual([800_000, 1_000_000, 1_200_000, 1_400_000]);
    expect(numberTicks(5, 5, 4)).toEqual([5]);
  });

  test("of time are years, months or days, never more than asked for", () => {
    const labels = (from: number, to: number) => timeTicks(from, to, 12).map(({ label }) => label);
    expect(labels(Date.UTC(2000, 1, 14), Date.UTC(2020, 3, 17))).toEqual(
      Array.from({ length: 10 }, (_, i) => String(2002 + 2 * i)),
    );
    expect(labels(Date.UTC(2023, 9, 20), Date.UTC(2024, 2, 2))).toEqual(["Nov", "Dec", "2024", "Feb", "Mar"]);
    expect(labels(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 5))).toEqual(["Jan 2", "Jan 3", "Jan 4", "Jan 5"]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 2e12 }), (from, span) => {
        const ticks = timeTicks(from, from + span, 12);
        expect(ticks.length).toBeLessThanOrEqual(14);
        for (const { value } of ticks) expect(value >= from && value <= from + span).toBe(true);
      }),
    );
  });
});

function chart(values: readonly (number | null)[], more: Partial<ChartData> = {}): ChartData {
  const line = { label: "equity", values, format: "money", color: "accent", area: false } as const;
  return { id: "c", height: 100, lines: [line], zero: false, logarithmic: false, trades: [], ...more };
}

const indexed = (count: number) => ({ time: false, x: Array.from({ length: count }, (_, i) => i) });

describe("a static chart", () => {
  test("draws a line over its whole width, named for those who don't see it", () => {
    const { html } = staticChart(chart([0, 10], { zero: true }), indexed(2), 'a "rise"');
    expect(html).toContain('role="img" aria-label="a &quot;rise&quot;"');
    expect(html).toContain('<path class="line accent" d="M0 100L1000 4.8"/>');
    expect(html).toContain(">10</text>");
  });

  test("leaves a hole where a value is unknown", () => {
    const { html } = staticChart(chart([0, null, 10, 10], { zero: true }), indexed(4), "");
    expect(html).toMatch(/class="line accent" d="M0 100M666\.7 4\.8L1000 4\.8"/);
  });

  test("marks trades, and shades the time in which they were held", () => {
    const held = { from: 1, to: 3, entry: 5, exit: 10, side: "short", quantity: 1, profit: 1 } as const;
    const { html } = staticChart(
      chart([0, 5, 5, 10, 10], { zero: true, trades: [{ ...held, open: false }] }),
      indexed(5),
      "",
    );
    expect(html).toContain('<path class="held short" d="M250 0H750V100H250Z"/>');
    expect(html).toContain('<path class="entry" d="M250 52.4h0"/>');
    expect(html).toContain('<path class="exit" d="M750 4.8h0"/>');
    const still = staticChart(chart([0, 5, 5, 10, 10], { trades: [{ ...held, open: true }] }), indexed(5), "");
    expect(still.html).not.toContain('class="exit"');
  });

  test.each([
    ["one point", [7]],
    ["no change", [5, 5, 5]],
    ["nothing known", [null, null]],
    ["zeros", [0, 0]],
  ])("of %s has finite coordinates", (_, values) => {
    const { html } = staticChart(chart(values), indexed(values.length), "");
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("stays small however long the run", () => {
    const values = Array.from({ length: 200_000 }, (_, i) => Math.sin(i / 50) * i);
    const { html } = staticChart(chart(values), indexed(values.length), "");
    expect(html.length).toBeLessThan(STATIC_COLUMNS * 4 * 16);
  });
});

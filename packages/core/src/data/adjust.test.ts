import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { bookTop, ohlcv } from "../schema/schema.ts";
import { adjustPanel } from "./adjust.ts";
import { aroundTheClock } from "./calendar/around-the-clock.ts";
import { cutPanel } from "./cut.ts";
import type { Panel } from "./panel.ts";

const DAY = 86_400_000;

function panelOf(closes: readonly number[], actions: readonly CorporateAction[]): Panel {
  const column = () => Float64Array.from(closes);
  return {
    preset: "made-up",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1d",
    calendar: aroundTheClock,
    series: [
      {
        symbol: "A",
        tags: [],
        stamps: Float64Array.from(closes, (_, i) => (i + 1) * DAY),
        columns: { open: column(), high: column(), low: column(), close: column(), volume: column() },
        actions,
      },
    ],
  };
}

const column = (panel: Panel, name: string) => Array.from(adjustPanel(panel).series[0]!.columns[name]!);

describe("forward adjustment", () => {
  test("goes on from the first bar: a split is no jump, in prices or in quantities", () => {
    const panel = panelOf(
      [10, 12, 6, 3],
      [
        { time: 2 * DAY, kind: "split", ratio: 2 },
        { time: 3 * DAY, kind: "split", ratio: 2 },
      ],
    );
    expect(column(panel, "close")).toEqual([10, 12, 12, 12]);
    expect(column(panel, "volume")).toEqual([10, 12, 3, 0.75]);
  });

  test("a dividend is reinvested at its ex date", () => {
    // 10 pays 1: ten units that are worth 9 each buy as much as 10/9 units each.
    const panel = panelOf([10, 9, 18], [{ time: DAY, kind: "dividend", amount: 1 }]);
    expect(column(panel, "close")).toEqual([10, 10, 20]);
    expect(column(panel, "volume")).toEqual([10, 9, 18]);
  });

  test("a split and a dividend of one day, and a missing close before", () => {
    const panel = panelOf(
      [10, Number.NaN, 4.5],
      [
        { time: 2 * DAY, kind: "dividend", amount: 1 },
        { time: 2 * DAY, kind: "split", ratio: 2 },
      ],
    );
    expect(column(panel, "close")[2]).toBeCloseTo(10, 12);
  });

  test("what came before the first bar, or comes after the last, changes nothing", () => {
    const panel = panelOf(
      [10, 11],
      [
        { time: 0, kind: "split", ratio: 2 },
        { time: 2 * DAY, kind: "split", ratio: 2 },
      ],
    );
    expect(column(panel, "close")).toEqual([10, 11]);
    const none = panelOf([10, 11], []);
    expect(adjustPanel(none)).toBe(none);
  });

  test("a dividend that eats the price is refused", () => {
    const panel = panelOf([10, 9], [{ time: DAY, kind: "dividend", amount: 10 }]);
    expect(() => adjustPanel(panel)).toThrow(expect.objectContaining({ code: "data.cannot-adjust" }));
    const unpriced = panelOf([Number.NaN, 9], [{ time: DAY, kind: "dividend", amount: 1 }]);
    expect(() => adjustPanel(unpriced)).toThrow(expect.objectContaining({ code: "data.cannot-adjust" }));
  });

  test("a book is adjusted by its middle", () => {
    const cells = {
      bid: Float64Array.of(9, 8),
      ask: Float64Array.of(11, 10),
      bidSize: Float64Array.of(1, 1),
      askSize: Float64Array.of(1, 1),
    };
    const panel: Panel = {
      ...panelOf([], []),
      schema: { id: bookTop.id, columns: bookTop.columns, fold: bookTop.fold },
      series: [
        {
          symbol: "A",
          tags: [],
          stamps: Float64Array.of(DAY, 2 * DAY),
          columns: cells,
          actions: [{ time: DAY, kind: "dividend", amount: 1 }],
        },
      ],
    };
    expect(column(panel, "bid")[1]).toBeCloseTo(80 / 9, 12);
  });

  test("no later bar and no later action changes an earlier cell", () => {
    const action = fc.oneof(
      fc.record({ at: fc.nat({ max: 20 }), kind: fc.constant("split" as const), ratio: fc.constantFrom(2, 3, 0.1) }),
      fc.record({ at: fc.nat({ max: 20 }), kind: fc.constant("dividend" as const), amount: fc.constantFrom(0, 0.01) }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 100, max: 200 }), { minLength: 2, maxLength: 20 }),
        fc.array(action, { maxLength: 5 }),
        fc.nat({ max: 20 }),
        (closes, told, at) => {
          const actions = told
            .sort((a, b) => a.at - b.at)
            .map(({ at: day, ...rest }): CorporateAction => ({ ...rest, time: day * DAY }));
          const panel = panelOf(closes, actions);
          const whole = adjustPanel(panel);
          const part = adjustPanel(cutPanel(panel, at * DAY));
          expect(adjustPanel(cutPanel(panel, 99 * DAY)).series[0]!.columns).toEqual(whole.series[0]!.columns);
          for (const [name, cells] of Object.entries(part.series[0]!.columns))
            expect(cells).toEqual(whole.series[0]!.columns[name]!.slice(0, cells.length));
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});

import { expect, test } from "vitest";
import { fxBars } from "./fx.ts";

test("a rate for every day, the same bits for the same seed, and never far from where it comes back to", () => {
  const { end, open, high, low, close } = fxBars("EURUSD", { seed: 1 });
  expect([end[0], end.at(-1)]).toEqual([Date.UTC(1999, 0, 2), Date.UTC(2025, 0, 1)]);
  expect(end).toHaveLength(9_497);
  expect(
    close.every((rate, i) => rate > 0.7 && rate < 2 && low[i]! <= Math.min(rate, open[i]!) && high[i]! >= rate),
  ).toBe(true);
  expect(fxBars("EURUSD", { seed: 1 }).close).toEqual(close);
  expect(fxBars("EURUSD", { seed: 2 }).close[0]).not.toBe(close[0]);
});

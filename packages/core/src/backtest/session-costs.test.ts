import fc from "fast-check";
import { expect, test } from "vitest";
import { sessionCosts } from "./session-costs.ts";

function fillsOf(fills: readonly (readonly [time: number, fee: number, slippage: number])[]) {
  const column = (value: (fill: (typeof fills)[number]) => number) => Float64Array.from(fills, value);
  return {
    time: column(([time]) => time),
    fee: column(([, fee]) => fee),
    slippage: column(([, , slippage]) => slippage),
  };
}

test("a fill counts for the period that its bar is in; one after the last period for none", () => {
  const fills = fillsOf([
    [1, 1, 0.5],
    [10, 2, 0.25],
    [11, 4, 0],
    [30, 8, 0.125],
    [31, 16, 1],
  ]);
  const { fees, slippage } = sessionCosts(fills, Float64Array.of(10, 20, 30));
  expect(Array.from(fees)).toEqual([3, 4, 8]);
  expect(Array.from(slippage)).toEqual([0.75, 0, 0.125]);
});

test("whatever the periods, they hold all that was filled up to the last of them", () => {
  const fill = fc.tuple(fc.nat(100), fc.nat(50), fc.nat(50));
  fc.assert(
    fc.property(fc.array(fill), fc.uniqueArray(fc.nat(100), { minLength: 1 }), (fills, ends) => {
      const times = Float64Array.from(ends).sort();
      const { fees } = sessionCosts(fillsOf(fills.sort(([a], [b]) => a - b)), times);
      const before = fills.filter(([time]) => time <= times.at(-1)!).reduce((sum, [, fee]) => sum + fee, 0);
      expect(fees.reduce((sum, fee) => sum + fee, 0)).toBe(before);
    }),
  );
});

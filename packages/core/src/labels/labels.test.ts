import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barrierLabels, barrierPrices, barrierReturns, firstTouch, halfLife, type TripleBarrier } from "./index.ts";

const long: TripleBarrier = { side: "long", profit: 0.02, loss: 0.01 };

describe("the first barrier that is met", () => {
  test("is profit before loss, and both before time", () => {
    expect(firstTouch(100, [101, 102], { ...long, bars: 2 })).toMatchObject({ bar: 2, outcome: "profit", net: 0.02 });
    expect(firstTouch(100, [101, 99], { ...long, bars: 2 })).toMatchObject({ bar: 2, outcome: "loss", net: -0.01 });
    expect(firstTouch(100, [101, 101], { ...long, bars: 2 })).toMatchObject({ bar: 2, outcome: "timeout", net: 0.01 });
    expect(firstTouch(100, [101, 101], long)).toBeUndefined();
    expect(firstTouch(100, [], { ...long, bars: 2 })).toBeUndefined();
  });

  test("counts what is left after costs, and names a loss that they made", () => {
    const of = { ...long, cost: 0.005 };
    expect(firstTouch(100, [102], of)).toBeUndefined();
    expect(firstTouch(100, [102.5], of)).toMatchObject({ outcome: "profit", beforeCosts: "profit", byCosts: false });
    expect(firstTouch(100, [99.5], of)).toMatchObject({ outcome: "loss", beforeCosts: undefined, byCosts: true });
    expect(firstTouch(100, [98], of)).toMatchObject({ outcome: "loss", beforeCosts: "loss", byCosts: false });
  });

  test("of a short trade lies on the other side", () => {
    expect(firstTouch(100, [98], { ...long, side: "short" })).toMatchObject({ outcome: "profit", gross: 0.02 });
    expect(firstTouch(100, [102], { ...long, side: "short" })).toMatchObject({ outcome: "loss", gross: -0.02 });
  });

  test("steps over bars without a close, and closes at the last one when the time is up", () => {
    expect(firstTouch(100, [Infinity, 98], long)).toMatchObject({ bar: 2, outcome: "loss" });
    const gone = [100.5, Number.NaN, Number.NaN];
    expect(firstTouch(100, [Number.NaN, 103], long)).toMatchObject({ bar: 2, outcome: "profit" });
    expect(firstTouch(100, gone, { ...long, bars: 3 })).toMatchObject({ bar: 3, outcome: "timeout", net: 0.005 });
    const never = firstTouch(100, [Number.NaN], { ...long, bars: 1 });
    expect(never).toMatchObject({ bar: 1, outcome: "timeout", net: 0 });
  });

  test.each([
    ["an entry of 0", () => firstTouch(0, [1], long)],
    ["no width", () => firstTouch(1, [1], { ...long, profit: 0 })],
    ["an infinite loss", () => firstTouch(1, [1], { ...long, loss: Infinity })],
    ["a gain from trading", () => firstTouch(1, [1], { ...long, cost: -1 })],
    ["half a bar", () => firstTouch(1, [1], { ...long, bars: 0.5 })],
    ["a third side", () => firstTouch(1, [1], { ...long, side: "flat" as never })],
    ["no volatility", () => barrierPrices({ price: 1, volatility: Number.NaN, profit: 1, loss: 1, side: "long" })],
  ])("refuses %s", (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ name: "QmtlError", code: "labels.invalid-barrier" }));
  });
});

test("barriers are as wide as the market moves", () => {
  const of = { price: 100, volatility: 0.02, profit: 2, loss: 1 } as const;
  expect(barrierPrices({ ...of, side: "long" })).toEqual({ profit: 104, loss: 98 });
  expect(barrierPrices({ ...of, side: "short" })).toEqual({ profit: 96, loss: 102 });
  expect(barrierReturns({ ...of, side: "short" })).toEqual({ profit: 0.04, loss: 0.02 });
});

const closes = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: 90, max: 110, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, Infinity, -5) },
  ),
  { minLength: 1, maxLength: 40 },
);
const options = fc.record({
  side: fc.constantFrom("long" as const, "short" as const),
  profit: fc.double({ min: 0.1, max: 4, noNaN: true }),
  loss: fc.double({ min: 0.1, max: 4, noNaN: true }),
  bars: fc.integer({ min: 1, max: 8 }),
  cost: fc.double({ min: 0, max: 0.02, noNaN: true }),
});

describe("labels of a column", () => {
  test("are those of each row's own trade", () => {
    fc.assert(
      fc.property(closes, options, (values, of) => {
        const rows = Float64Array.from(values);
        const volatility = rows.map((_, row) => (row % 5 === 4 ? Number.NaN : 0.01 * (1 + (row % 3))));
        const { outcome, net, known } = barrierLabels(rows, volatility, of);
        for (let row = 0; row < rows.length; row++) {
          const sigma = volatility[row]!;
          const usable = rows[row]! > 0 && rows[row]! < Infinity && sigma > 0;
          const scaled = { ...of, profit: of.profit * sigma, loss: of.loss * sigma };
          const touch = usable ? firstTouch(rows[row]!, rows.subarray(row + 1), scaled) : undefined;
          expect(known[row]).toBe(touch === undefined ? -1 : row + touch.bar);
          expect(net[row]).toBe(touch?.net ?? Number.NaN);
          expect(outcome[row]).toBe(
            touch === undefined ? Number.NaN : { profit: 1, loss: -1, timeout: 0 }[touch.outcome],
          );
        }
      }),
    );
  });

  test("do not change with what comes after they are known, and are not there before", () => {
    fc.assert(
      fc.property(closes, options, fc.nat(), (values, of, cut) => {
        const rows = Float64Array.from(values);
        const volatility = rows.map(() => 0.02);
        const whole = barrierLabels(rows, volatility, of);
        const end = (cut % rows.length) + 1;
        const early = barrierLabels(rows.subarray(0, end), volatility.subarray(0, end), of);
        for (let row = 0; row < end; row++) {
          const isKnown = whole.known[row]! >= 0 && whole.known[row]! < end;
          expect(early.known[row]).toBe(isKnown ? whole.known[row] : -1);
          expect(early.outcome[row]).toBe(isKnown ? whole.outcome[row] : Number.NaN);
          expect(early.net[row]).toBe(isKnown ? whole.net[row] : Number.NaN);
        }
      }),
    );
  });

  test("need one volatility per close", () => {
    expect(() => barrierLabels(new Float64Array(3), new Float64Array(2), { ...long, bars: 3 })).toThrow(
      expect.objectContaining({ code: "labels.different-length" }),
    );
  });
});

describe("the half-life", () => {
  test("of a decay is that of its factor, wherever its mean lies", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (factor, mean) => {
          const values = Array.from({ length: 6 }, (_, step) => mean + factor ** step);
          expect(halfLife(values)).toBeCloseTo(-Math.LN2 / Math.log(factor), 6);
        },
      ),
    );
  });

  test.each([
    ["two values", [1, 0.5]],
    ["a flat series", [1, 1, 1, 1]],
    ["a trend", [1, 2, 4]],
    ["one that overshoots", [1, -1, 1, -1]],
    ["what is no number", [1, Number.NaN, 0.25, 0.1]],
  ])("is refused for %s", (_what, values) => {
    expect(() => halfLife(values)).toThrow(expect.objectContaining({ code: "labels.no-half-life" }));
  });
});

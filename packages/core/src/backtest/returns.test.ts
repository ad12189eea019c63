import { describe, expect, test } from "vitest";
import { declaredReturns, pctChange } from "./returns.ts";

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return JSON.parse(JSON.stringify(error));
  }
  throw new Error("nothing was refused");
};

describe("pctChange", () => {
  test("simple returns", () =>
    expect(Array.from(pctChange([100, 101, 99, 103]))).toEqual([0.01, -0.019801980198019802, 0.04040404040404041]));

  test("may end at 0, and has none to go on from it", () => {
    expect(Array.from(pctChange([2, 0]))).toEqual([-1]);
    for (const values of [
      [1, 0, 2],
      [0, 1],
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
      [1, true as unknown as number],
    ])
      expect(refusal(() => pctChange(values)).code).toBe("returns.invalid-value");
  });

  test("takes at least two", () => expect(refusal(() => pctChange([1])).code).toBe("returns.too-short"));
});

describe("declaredReturns", () => {
  test("compound from 1, and say what nobody declared", () => {
    const series = declaredReturns([0.1, -0.5]);
    expect(Array.from(series.equity)).toEqual([1, 1.1, 1.1 * 0.5]);
    expect(series).toMatchObject({ evidence: "declared", trades: [], turnover: Number.NaN });
    expect(Array.from(series.times)).toEqual([Number.NaN, Number.NaN]);
  });

  test.each([[[0.1, -1]], [[0.1, Number.NaN]], [[0.1, Number.NEGATIVE_INFINITY]], [[0.1, "0.2" as unknown as number]]])(
    "refuse %j",
    (returns) => expect(refusal(() => declaredReturns(returns)).code).toBe("returns.invalid-value"),
  );

  test("need two", () => expect(refusal(() => declaredReturns([0.1])).code).toBe("returns.too-short"));
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isQmtlError } from "../schema/error.ts";
import { commonWindow, type ReturnSeries } from "./common-window.ts";
import { contribution } from "./contribution.ts";
import { correlation } from "./correlation.ts";

const series = fc.uniqueArray(fc.nat(60), { minLength: 0, maxLength: 60 }).chain((stamps) =>
  fc.array(fc.integer({ min: -300, max: 300 }), { minLength: stamps.length, maxLength: stamps.length }).map(
    (points): ReturnSeries => ({
      times: Float64Array.from(stamps).sort(),
      returns: Float64Array.from(points, (point) => point / 1e4),
    }),
  ),
);

function wave(phase: number, from = 0, length = 50): ReturnSeries {
  const times = Float64Array.from({ length }, (_, i) => from + i);
  return { times, returns: times.map((time) => Math.sin(time * (1 + phase)) / 100 + 0.001) };
}

describe("the common window", () => {
  test("is the intersection of the times, whatever the number of series", () => {
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 4 }), (all) => {
        const shared = [...all[0]!.times].filter((time) => all.every(({ times }) => times.includes(time)));
        const expected = all.map(({ times, returns }) =>
          Float64Array.from(shared, (time) => returns[times.indexOf(time)]!),
        );
        expect(commonWindow(all)).toEqual(expected);
      }),
    );
  });
});

describe("correlation", () => {
  test("agrees with numpy", () => {
    // numpy.corrcoef of x_i = i * 37 % 11 and y_i = i * 17 % 7, i = 0..19.
    const times = Float64Array.from({ length: 20 }, (_, i) => i);
    const x = { times, returns: times.map((i) => (i * 37) % 11) };
    const y = { times, returns: times.map((i) => (i * 17) % 7) };
    expect(correlation(x, y)).toEqual({ kind: "value", value: expect.closeTo(0.15081824056033996, 9) });
  });

  test("is symmetric to the last bit, within [-1, 1], and 1 with itself", () => {
    fc.assert(
      fc.property(series, series, (a, b) => {
        const figure = correlation(a, b);
        expect(correlation(b, a)).toEqual(figure);
        if (figure.kind === "value") expect(Math.abs(figure.value)).toBeLessThanOrEqual(1);
        const self = correlation(a, a);
        if (self.kind === "value") expect(self.value).toBeCloseTo(1, 12);
      }),
    );
  });

  test("is not known over a short or a flat overlap", () => {
    expect(correlation(wave(0), wave(1, 31))).toEqual({
      kind: "undefined",
      because: "they share 19 periods, and it takes 20",
    });
    const flat = { ...wave(0), returns: new Float64Array(50) };
    expect(correlation(flat, wave(1))).toMatchObject({ because: expect.stringContaining("does not vary") });
    const holed = { ...wave(0), returns: wave(0).returns.map((r, i) => (i === 9 ? Number.NaN : r)) };
    expect(correlation(holed, wave(1)).kind).toBe("undefined");
  });
});

describe("contribution", () => {
  const [a, b, c] = ["a", "b", "c"].map((strategy, i) => ({ strategy, ...wave(i / 3) })) as [M, M, M];
  type M = { readonly strategy: string } & ReturnSeries;
  const sharpe = (returns: readonly number[]): number => {
    const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length;
    const variance = returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (returns.length - 1);
    return (mean / Math.sqrt(variance)) * Math.sqrt(252);
  };
  const mixed = (...parts: readonly (readonly [ReturnSeries, number])[]): number =>
    sharpe(
      Array.from(parts[0]![0].returns, (_, i) => parts.reduce((sum, [s, share]) => sum + share * s.returns[i]!, 0)),
    );

  test("with minus without, equal or given shares", () => {
    const equal = contribution({ strategy: "b", members: [a, b, c], periodsPerYear: 252 });
    expect(equal).toEqual({
      kind: "value",
      value: expect.closeTo(mixed([a, 1], [b, 1], [c, 1]) - mixed([a, 1], [c, 1]), 9),
    });
    const members = [
      { ...a, share: 0.5 },
      { ...b, share: 0.2 },
      { ...c, share: 0.1 },
    ];
    expect(contribution({ strategy: "b", members, periodsPerYear: 252 })).toEqual({
      kind: "value",
      value: expect.closeTo(mixed([a, 0.5], [b, 0.2], [c, 0.1]) - mixed([a, 0.5], [c, 0.1]), 9),
    });
  });

  test("what another member lacks is left out", () => {
    const early: M = { ...b, times: b.times.map((time) => time + 10) };
    const cut = { times: a.times.subarray(10), returns: a.returns.subarray(10) };
    const shifted = { times: a.times.subarray(10), returns: b.returns.subarray(0, 40) };
    expect(contribution({ strategy: "b", members: [a, early], periodsPerYear: 252 })).toEqual({
      kind: "value",
      value: expect.closeTo(mixed([cut, 1], [shifted, 1]) - mixed([cut, 1]), 9),
    });
  });

  test("undefined alone, without an overlap, or without anything left", () => {
    const of = (members: readonly (M & { readonly share?: number })[]) =>
      contribution({ strategy: "a", members, periodsPerYear: 252 });
    expect(of([a])).toMatchObject({ because: "it is the only strategy of its world" });
    expect(of([a, { ...b, times: b.times.map((time) => time + 1000) }])).toMatchObject({
      because: expect.stringContaining("share 0 periods"),
    });
    expect(
      of([
        { ...a, share: 1 },
        { ...b, share: 0 },
      ]),
    ).toMatchObject({ because: "the portfolio without it does not vary" });
  });

  test("a member unknown, or shares for some, is refused", () => {
    const code = (strategy: string, members: readonly (M & { readonly share?: number })[]) => {
      try {
        contribution({ strategy, members, periodsPerYear: 252 });
      } catch (error) {
        if (isQmtlError(error)) return error.code;
      }
      return undefined;
    };
    expect(code("z", [a, b])).toBe("evaluation.unknown-member");
    expect(code("a", [a, { ...b, share: 1 }])).toBe("evaluation.partial-shares");
  });
});

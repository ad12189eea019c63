import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestBytes } from "../schema/canonical.ts";
import type { ReturnSeries } from "./common-window.ts";
import { decodeTrialReturns, encodeTrialReturns } from "./trial-returns-block.ts";

const series = fc.uniqueArray(fc.nat(40), { maxLength: 40 }).chain((stamps) =>
  fc
    .array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: stamps.length,
      maxLength: stamps.length,
    })
    .map((returns): ReturnSeries => ({ times: Float64Array.from(stamps).sort(), returns: Float64Array.from(returns) })),
);

describe("a block of returns", () => {
  test("gives back what went in, to the bit, whatever periods the trials have", () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 6 }), (all) => {
        const decoded = decodeTrialReturns(encodeTrialReturns(all));
        expect(decoded.map(({ times, returns }) => [[...times], [...returns]])).toEqual(
          all.map(({ times, returns }) => [[...times], [...returns]]),
        );
      }),
    );
  });

  test("reads from bytes that stand anywhere in a larger buffer, and shares no memory with them", () => {
    const bytes = encodeTrialReturns([{ times: Float64Array.of(1, 2), returns: Float64Array.of(0.5, -0.25) }]);
    const larger = Buffer.alloc(bytes.length + 3);
    larger.set(bytes, 3);
    const view = larger.subarray(3);
    const [row] = decodeTrialReturns(view);
    view.fill(0);
    expect([...row!.times, ...row!.returns]).toEqual([1, 2, 0.5, -0.25]);
  });

  test("rows with all periods share their times", () => {
    const times = Float64Array.of(1, 2, 3);
    const [a, b, late] = decodeTrialReturns(
      encodeTrialReturns([
        { times, returns: Float64Array.of(1, 2, 3) },
        { times, returns: Float64Array.of(4, 5, 6) },
        { times: times.slice(1), returns: Float64Array.of(7, 8) },
      ]),
    );
    expect(a!.times).toBe(b!.times);
    expect([...late!.times]).toEqual([2, 3]);
  });

  test("has the same bytes on every machine", () => {
    const bytes = encodeTrialReturns([
      { times: Float64Array.of(10, 20), returns: Float64Array.of(0.01, -0.02) },
      { times: Float64Array.of(20), returns: Float64Array.of(0) },
    ]);
    expect(bytes.length).toBe(16 + 8 * 2 * 3);
    expect(digestBytes(bytes)).toBe("96b651799dfb5d6a85224bdcd08a9523a51835e3dfd24e2305ba1e27e05a22ee");
  });

  test.each([
    ["times that do not ascend", [2, 1], [0, 0], "times that do not ascend"],
    ["a time that is none", [Number.NaN], [0], "times that do not ascend"],
    ["a return that is none", [1], [Number.NaN], "a return that is not finite"],
    ["a return without a time", [1], [0, 0], "1 times and 2 returns"],
  ])("%s is refused", (_title, times, returns, why) => {
    const one = { times: Float64Array.from(times), returns: Float64Array.from(returns) };
    expect(() => encodeTrialReturns([{ times: new Float64Array(0), returns: new Float64Array(0) }, one])).toThrow(
      expect.objectContaining({ code: "evaluation.invalid-returns", message: `The returns of trial 1 have ${why}` }),
    );
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["something else", new TextEncoder().encode('{"format":1,"evidence":"backtest"}')],
    [
      "a block cut short",
      encodeTrialReturns([{ times: Float64Array.of(1), returns: Float64Array.of(0) }]).slice(0, -8),
    ],
  ])("%s is no block", (_title, bytes) => {
    expect(() => decodeTrialReturns(bytes)).toThrow(expect.objectContaining({ code: "evaluation.unreadable-returns" }));
  });
});

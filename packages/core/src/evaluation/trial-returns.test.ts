import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alignTrials, type TrialSeries } from "./trial-returns.ts";

function trial(evalKey: string, from: number, to: number): TrialSeries {
  const times = Float64Array.from({ length: to - from }, (_, i) => from + i);
  return { evalKey, strategy: "s", times, returns: times.map((time) => time / 100 + evalKey.charCodeAt(0)) };
}

const leftOut = { declared: 1, lost: 2, capped: 3 };

describe("trials beside a run", () => {
  test("stand at the periods that all of them have, by EvalKey", () => {
    const found = alignTrials(
      "strategy",
      { series: [trial("c", 0, 10), trial("a", 2, 12), trial("b", 1, 9)], leftOut },
      "b",
    );
    expect([...found.times]).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(found.trials.map(({ evalKey }) => evalKey)).toEqual(["a", "b", "c"]);
    for (const { evalKey, returns } of found.trials)
      expect([...returns]).toEqual([...found.times].map((time) => time / 100 + evalKey.charCodeAt(0)));
    expect(found.leftOut).toEqual({ declared: 1, lost: 2, capped: 3, apart: 0 });
  });

  test("one that has less than half of the run's periods is left out instead of narrowing the window", () => {
    const pool = { series: [trial("own", 0, 10), trial("half", 5, 15), trial("less", 6, 16)], leftOut };
    const found = alignTrials("world", pool, "own");
    expect(found.trials.map(({ evalKey }) => evalKey)).toEqual(["half", "own"]);
    expect([...found.times]).toEqual([5, 6, 7, 8, 9]);
    expect(found.leftOut.apart).toBe(1);
    // Seen from the other side it is another question.
    expect(alignTrials("world", pool, "less").trials.map(({ evalKey }) => evalKey)).toEqual(["half", "less"]);
  });

  test("a run without times of its own stands beside none", () => {
    expect(alignTrials("strategy", { series: [trial("a", 0, 5)], leftOut }, "declared")).toEqual({
      scope: "strategy",
      times: new Float64Array(0),
      trials: [],
      leftOut: { ...leftOut, apart: 1 },
    });
  });

  test("the order of the pool does not count", () => {
    const spans = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(spans, fc.nat(), (all, turn) => {
        const series = all.map(([from, length], i) => trial(String.fromCharCode(97 + i), from, from + length));
        const at = turn % series.length;
        const turned = [...series.slice(at), ...series.slice(0, at)];
        expect(alignTrials("world", { series: turned, leftOut }, "a")).toEqual(
          alignTrials("world", { series, leftOut }, "a"),
        );
      }),
    );
  });
});

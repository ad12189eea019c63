import { scoreOver } from "./cpcv.ts";
import type { Stretch } from "./purged-training.ts";
import { evenBounds, indexOfBest, prefixSums } from "./score.ts";

/** `anchored`: every training begins with the history; `rolling`: every training is as long as the first. */
export type Anchor = "anchored" | "rolling";

/** What came of choosing again and again on the past alone. */
export interface Walk {
  /** Sharpe ratio per period of the tests, one after the other. */
  readonly sharpe: number;
  /** Mean return per period in the tests over that of the same choices in their trainings, each weighted by its test's length. `NaN` where the latter is not above zero. */
  readonly efficiency: number;
  /** Share of tests that gained. */
  readonly gained: number;
}

/**
 * Walk-forward: `train + folds` stretches of nearly equal length. In front of each of the last `folds` the trial with the best Sharpe
 * ratio in the training is chosen (the first of equals) and followed through that stretch. The last `labelHorizon` periods in front of a
 * test are not trained on; nothing after a test is, so there is nothing to embargo.
 *
 * @param trials rows of equal length
 * @see Pardo (2008), "The Evaluation and Optimization of Trading Strategies", chapter 11
 */
export function walk(
  trials: readonly Float64Array[],
  how: { readonly anchor: Anchor; readonly train: number; readonly folds: number; readonly labelHorizon: number },
): Walk {
  const bounds = evenBounds(trials[0]!.length, how.train + how.folds);
  const prefixes = trials.map(prefixSums);
  const tests: Parameters<typeof scoreOver>[0][number][] = [];
  let [outOfSample, inSample, gained] = [0, 0, 0];
  for (let fold = 0; fold < how.folds; fold++) {
    const test: Stretch = { from: bounds[how.train + fold]!, to: bounds[how.train + fold + 1]! };
    const training: Stretch = {
      from: how.anchor === "anchored" ? 0 : bounds[fold]!,
      to: test.from - how.labelHorizon,
    };
    const scores = Float64Array.from(prefixes, (prefix) => scoreOver([[prefix, training]]));
    const chosen = prefixes[indexOfBest(scores)]!;
    tests.push([chosen, test]);
    const sumOver = ({ from, to }: Stretch): number => chosen.sums[to]! - chosen.sums[from]!;
    const gain = sumOver(test);
    outOfSample += gain;
    inSample += (sumOver(training) / (training.to - training.from)) * (test.to - test.from);
    if (gain > 0) gained++;
  }
  return {
    sharpe: scoreOver(tests),
    efficiency: inSample > 0 ? outOfSample / inSample : Number.NaN,
    gained: gained / how.folds,
  };
}

import { lengthOf, type Purge, purgedTraining, type Stretch } from "./purged-training.ts";
import { evenBounds, indexOfBest, type PrefixSums, prefixSums, sharpeScore } from "./score.ts";

/** How trials that were chosen in purged training fare in tests. Sharpe ratios are per period. */
export interface CombinatorialValidation {
  /** Of each path through the whole history, made of tests only. */
  readonly paths: Float64Array;
  /** Of the chosen trial in the tests of each split. */
  readonly tests: Float64Array;
  /** Periods of the shortest training. */
  readonly leastTraining: number;
}

/**
 * Combinatorial purged cross-validation: `groups` stretches of nearly equal length, every choice of `testGroups` of them to test in. In
 * what is left after purge and embargo the trial with the best Sharpe ratio is chosen (the first of equals), and followed through the
 * tests. Each group is tested in C(groups - 1, testGroups - 1) splits: the j-th test of every group makes path j.
 *
 * @param trials rows of equal length
 * @see López de Prado (2018), "Advances in Financial Machine Learning", chapter 12
 */
export function combinatorialValidation(
  trials: readonly Float64Array[],
  { groups, testGroups, ...purge }: { readonly groups: number; readonly testGroups: number } & Purge,
): CombinatorialValidation {
  const periods = trials[0]!.length;
  const bounds = evenBounds(periods, groups);
  const groupAt = (group: number): Stretch => ({ from: bounds[group]!, to: bounds[group + 1]! });
  const prefixes = trials.map(prefixSums);
  const scores = new Float64Array(trials.length);
  const tests: number[] = [];
  const chosenFor: number[][] = Array.from({ length: groups }, () => []);
  let leastTraining = periods;
  for (const split of choices(groups, testGroups)) {
    const tested = split.map(groupAt);
    const training = purgedTraining(periods, tested, purge);
    leastTraining = Math.min(leastTraining, lengthOf(training));
    prefixes.forEach((prefix, i) => {
      scores[i] = scoreOver(training.map((stretch) => [prefix, stretch]));
    });
    const chosen = indexOfBest(scores);
    tests.push(scoreOver(tested.map((stretch) => [prefixes[chosen]!, stretch])));
    for (const group of split) chosenFor[group]!.push(chosen);
  }
  const paths = chosenFor[0]!.map((_, path) =>
    scoreOver(chosenFor.map((chosen, group) => [prefixes[chosen[path]!]!, groupAt(group)])),
  );
  return { paths: Float64Array.from(paths), tests: Float64Array.from(tests), leastTraining };
}

/** Sharpe ratio per period over stretches of one or several trials, one after the other. */
export function scoreOver(pieces: readonly (readonly [PrefixSums, Stretch])[]): number {
  let [count, sum, square] = [0, 0, 0];
  for (const [{ sums, squares }, { from, to }] of pieces) {
    count += to - from;
    sum += sums[to]! - sums[from]!;
    square += squares[to]! - squares[from]!;
  }
  return count < 2 ? 0 : sharpeScore(count, sum, square);
}

/** Every choice of `size` of the numbers below `from`, ascending, in lexicographic order. */
function* choices(from: number, size: number, first = 0): Generator<readonly number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let next = first; next <= from - size; next++)
    for (const rest of choices(from, size - 1, next + 1)) yield [next, ...rest];
}

import { evenBounds, indexOfBest, prefixSums, sharpeScore } from "./score.ts";

/** How a choice of the best trial in one half of the history fares in the other half. Sharpe ratios are per period. */
export interface SymmetricValidation {
  /** Ways to split the blocks into halves. */
  readonly splits: number;
  /** Share of splits in which the chosen trial ranks at or below the median elsewhere. */
  readonly overfitting: number;
  /** Share of splits in which the chosen trial loses elsewhere. */
  readonly loss: number;
  /** Slope of the Sharpe ratio elsewhere over the one where it was chosen. `NaN` where the latter does not vary. */
  readonly slope: number;
  /** Means over the splits. */
  readonly inSample: number;
  readonly outOfSample: number;
}

/**
 * Combinatorially symmetric cross-validation: `blocks` (even) stretches of nearly equal length, every choice of half of them to choose
 * the trial with the best Sharpe ratio in, and the other half to rank it in. With N trials and rank r (1 is the worst, equals share the
 * mean of their ranks) the choice is overfit when logit(r / (N + 1)) ≤ 0. Blocks hold sums of returns and of squares, so that a split
 * costs additions, whatever the length of the history.
 *
 * @param trials rows of equal length, at least two, with at least two periods per block
 * @see Bailey, Borwein, López de Prado & Zhu (2017), "The Probability of Backtest Overfitting", Journal of Computational Finance 20(4)
 */
export function symmetricValidation(trials: readonly Float64Array[], blocks: number): SymmetricValidation {
  const halves = [0, 1].map((which) => subsetSums(trials, blocks, which)) as [SubsetSums, SubsetSums];
  const width = blocks / 2;
  const low = 2 ** width - 1;
  const full = 2 ** blocks - 1;
  const [leading, mirrored] = [new Float64Array(trials.length), new Float64Array(trials.length)];
  const chosen: number[] = [];
  const elsewhere: number[] = [];
  let overfit = 0;
  let losses = 0;
  const judge = (inSample: Float64Array, outOfSample: Float64Array): void => {
    const best = indexOfBest(inSample);
    const there = outOfSample[best]!;
    if (2 * rankOf(there, outOfSample) <= trials.length + 1) overfit++;
    if (there < 0) losses++;
    chosen.push(inSample[best]!);
    elsewhere.push(there);
  };
  // Every split and its mirror image have the same two halves: the ones with the last block lead.
  for (let mask = 2 ** (blocks - 1); mask <= full; mask++) {
    if (bitCount(mask) !== width) continue;
    const mirror = full ^ mask;
    fillScores(leading, halves, mask & low, mask >>> width);
    fillScores(mirrored, halves, mirror & low, mirror >>> width);
    judge(leading, mirrored);
    judge(mirrored, leading);
  }
  const splits = chosen.length;
  const inSample = meanOf(chosen);
  const outOfSample = meanOf(elsewhere);
  let [square, product] = [0, 0];
  for (let i = 0; i < splits; i++) {
    square += (chosen[i]! - inSample) ** 2;
    product += (chosen[i]! - inSample) * (elsewhere[i]! - outOfSample);
  }
  return {
    splits,
    overfitting: overfit / splits,
    loss: losses / splits,
    slope: product / square,
    inSample,
    outOfSample,
  };
}

/** For every subset of a half of the blocks, the sums of every trial; subset s of trial i at `s * trials + i`. */
interface SubsetSums {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

function subsetSums(trials: readonly Float64Array[], blocks: number, which: number): SubsetSums {
  const width = blocks / 2;
  const size = trials.length;
  const bounds = evenBounds(trials[0]!.length, blocks).slice(which * width, (which + 1) * width + 1);
  const counts = new Float64Array(2 ** width);
  const sums = new Float64Array(2 ** width * size);
  const squares = new Float64Array(2 ** width * size);
  const prefixes = trials.map(prefixSums);
  for (let subset = 1; subset < counts.length; subset++) {
    const block = 31 - Math.clz32(subset);
    const rest = subset ^ (1 << block);
    const [from, to] = [bounds[block]!, bounds[block + 1]!];
    counts[subset] = counts[rest]! + to - from;
    for (let i = 0; i < size; i++) {
      const prefix = prefixes[i]!;
      sums[subset * size + i] = sums[rest * size + i]! + (prefix.sums[to]! - prefix.sums[from]!);
      squares[subset * size + i] = squares[rest * size + i]! + (prefix.squares[to]! - prefix.squares[from]!);
    }
  }
  return { counts, sums, squares };
}

function fillScores(scores: Float64Array, [a, b]: readonly [SubsetSums, SubsetSums], low: number, high: number): void {
  const size = scores.length;
  const count = a.counts[low]! + b.counts[high]!;
  for (let i = 0; i < size; i++)
    scores[i] = sharpeScore(
      count,
      a.sums[low * size + i]! + b.sums[high * size + i]!,
      a.squares[low * size + i]! + b.squares[high * size + i]!,
    );
}

function rankOf(value: number, among: Float64Array): number {
  let below = 0;
  let equal = 0;
  for (const other of among) {
    if (other < value) below++;
    else if (other === value) equal++;
  }
  return below + (equal + 1) / 2;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

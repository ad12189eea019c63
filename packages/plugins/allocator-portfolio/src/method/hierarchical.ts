import { type Square, square } from "../cholesky.ts";
import { correlationOf } from "../covariance/moments.ts";
import type { Answer, Task } from "../task.ts";
import { towards } from "./inverse-volatility.ts";

export type Linkage = "single" | "complete" | "average";

/**
 * Hierarchical risk parity: strategies are ordered by a tree over the distances of their correlations, and halves of that order share by
 * the inverse of their variances.
 *
 * @see Lopez de Prado (2016), Building Diversified Portfolios that Outperform Out of Sample
 */
export function hierarchicalRiskParity(task: Task, linkage: Linkage): Answer {
  const { covariance, deviations, budget } = task;
  const order = leavesOf(correlationOf(covariance, deviations), linkage);
  const shares = new Float64Array(order.length).fill(budget);
  const bisect = (from: number, to: number): void => {
    if (to - from < 2) return;
    const middle = from + Math.floor((to - from) / 2);
    const left = clusterVariance(covariance, order.slice(from, middle));
    const right = clusterVariance(covariance, order.slice(middle, to));
    const part = right / (left + right);
    for (let k = from; k < to; k++) shares[order[k]!]! *= k < middle ? part : 1 - part;
    bisect(from, middle);
    bisect(middle, to);
  };
  bisect(0, order.length);
  const sum = shares.reduce((total, share) => total + share, 0);
  return towards(task, sum > budget ? shares.map((share) => share * (budget / sum)) : shares);
}

/** The variance of a cluster whose members share by the inverse of theirs. */
function clusterVariance({ size, values }: Square, members: readonly number[]): number {
  const inverse = members.map((i) => 1 / values[i * size + i]!);
  const total = inverse.reduce((sum, value) => sum + value, 0);
  let variance = 0;
  members.forEach((i, a) => {
    members.forEach((j, b) => {
      variance += (inverse[a]! / total) * (inverse[b]! / total) * values[i * size + j]!;
    });
  });
  return variance;
}

/** The strategies in the order of the tree's leaves; of two branches the one that was there first stands left. */
function leavesOf(correlation: Square, linkage: Linkage): readonly number[] {
  const { size } = correlation;
  const near = correlation.values.map((value) => Math.sqrt(Math.max(0, (1 - value) / 2)));
  const distance = square(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += (near[i * size + k]! - near[j * size + k]!) ** 2;
      distance.values[i * size + j] = Math.sqrt(sum);
      distance.values[j * size + i] = Math.sqrt(sum);
    }
  const clusters = new Map<number, { readonly id: number; readonly leaves: readonly number[] }>();
  for (let i = 0; i < size; i++) clusters.set(i, { id: i, leaves: [i] });
  for (let made = size; clusters.size > 1; made++) {
    const [a, b] = closest(distance, [...clusters.keys()]);
    const [first, second] = [clusters.get(a)!, clusters.get(b)!];
    const joined = first.id < second.id ? [first, second] : [second, first];
    for (const k of clusters.keys()) {
      if (k === a || k === b) continue;
      const value = joinedDistance(linkage, distance.values[a * size + k]!, distance.values[b * size + k]!, [
        first.leaves.length,
        second.leaves.length,
      ]);
      distance.values[a * size + k] = value;
      distance.values[k * size + a] = value;
    }
    clusters.set(a, { id: made, leaves: joined.flatMap(({ leaves }) => leaves) });
    clusters.delete(b);
  }
  return [...clusters.values()].flatMap(({ leaves }) => leaves);
}

function closest({ size, values }: Square, slots: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [slots[0]!, slots[1]!];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < slots.length; i++) {
    const row = slots[i]! * size;
    for (let j = i + 1; j < slots.length; j++) {
      const value = values[row + slots[j]!]!;
      if (value < least) {
        least = value;
        best = [slots[i]!, slots[j]!];
      }
    }
  }
  return best;
}

function joinedDistance(linkage: Linkage, a: number, b: number, [m, n]: readonly [number, number]): number {
  if (linkage === "single") return Math.min(a, b);
  return linkage === "complete" ? Math.max(a, b) : (m * a + n * b) / (m + n);
}

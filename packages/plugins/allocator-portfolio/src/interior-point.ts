import type { Limit, QuadraticProgram } from "./program.ts";

/** `slack - excess = bound - row . x`; where there is no weight there is no excess. */
export interface Point {
  readonly x: Float64Array;
  readonly dual: Float64Array;
  readonly slack: Float64Array;
  readonly excess: Float64Array;
  readonly multiplier: Float64Array;
}

export interface Residuals {
  readonly gradient: Float64Array;
  readonly equal: Float64Array;
  readonly limits: Float64Array;
}

/** What the products of each pair should change by: slack and multiplier, excess and the rest of the weight. */
export interface Centre {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export function rest({ weight }: Limit, multiplier: number): number {
  return weight === undefined ? 1 : weight - multiplier;
}

export function gapOf({ limits }: QuadraticProgram, { slack, excess, multiplier }: Point): number {
  let gap = 0;
  limits.forEach((limit, k) => {
    gap += slack[k]! * multiplier[k]!;
    if (limit.weight !== undefined) gap += excess[k]! * rest(limit, multiplier[k]!);
  });
  return gap;
}

/** How far a step is gone: `x`, slacks and excesses, and what is dual to them. */
export interface Lengths {
  readonly primal: number;
  readonly dual: number;
}

/**
 * `reach` of the way until a slack, an excess or a multiplier is used up, and at most all of the step. What is dual goes as far as it can by
 * itself where the program is linear.
 */
export function lengthsOf({ limits, quadratic }: QuadraticProgram, point: Point, step: Point, reach: number): Lengths {
  let primal = Number.POSITIVE_INFINITY;
  let dual = Number.POSITIVE_INFINITY;
  const until = (length: number, value: number, change: number): number =>
    change < 0 ? Math.min(length, -value / change) : length;
  limits.forEach((limit, k) => {
    primal = until(primal, point.slack[k]!, step.slack[k]!);
    dual = until(dual, point.multiplier[k]!, step.multiplier[k]!);
    if (limit.weight === undefined) return;
    primal = until(primal, point.excess[k]!, step.excess[k]!);
    dual = until(dual, rest(limit, point.multiplier[k]!), -step.multiplier[k]!);
  });
  if (quadratic.size > 0) primal = dual = Math.min(primal, dual);
  return { primal: Math.min(1, reach * primal), dual: Math.min(1, reach * dual) };
}

export function moved(point: Point, step: Point, { primal, dual }: Lengths): Point {
  const add = (a: Float64Array, b: Float64Array, length: number): Float64Array => {
    const sum = a.slice();
    for (let i = 0; i < sum.length; i++) sum[i]! += length * b[i]!;
    return sum;
  };
  return {
    x: add(point.x, step.x, primal),
    dual: add(point.dual, step.dual, dual),
    slack: add(point.slack, step.slack, primal),
    excess: add(point.excess, step.excess, primal),
    multiplier: add(point.multiplier, step.multiplier, dual),
  };
}

import {
  type AllocationExplanation,
  type AllocationInput,
  type Allocator,
  type BindingLimit,
  definePlugin,
  type Plugin,
} from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { factor } from "./cholesky.ts";
import { covarianceSchema, estimateCovariance } from "./covariance/estimate.ts";
import { correlationOf, deviationsOf } from "./covariance/moments.ts";
import { type LimitsChoice, limitsOn, limitsSchema, measured, type ShareLimit } from "./limits.ts";
import { inverseVolatility, proportional, towards } from "./method/inverse-volatility.ts";
import type { Answer, Solved, Task } from "./task.ts";

/** What every allocator of this package may be told. */
export const commonShape = {
  covariance: covarianceSchema,
  limits: limitsSchema,
  /** Sessions that all active strategies must have; with fewer nothing is estimated. */
  minPeriods: z.int().min(2).default(60),
  /** Most sessions that are looked back on; default: all. */
  lookback: z.int().min(2).optional(),
};

type Common = z.output<z.ZodObject<typeof commonShape>>;

export interface MethodSpec<C extends Common> {
  readonly use: string;
  readonly description: string;
  readonly config: z.ZodType<C>;
  /** Whether the method needs a covariance that is positive definite. */
  readonly definite: boolean;
  solve(task: Task, config: C): Answer;
}

/** An allocator around a method: who takes part, what is known of them, what stands in when the method can't answer. */
export function portfolioAllocator<C extends Common>(spec: MethodSpec<C>): Plugin<"allocator", C> {
  return definePlugin({
    kind: "allocator",
    name: `@qmtl/allocator-portfolio/${spec.use}`,
    version: "0.1.0",
    api: 1,
    use: spec.use,
    description: spec.description,
    config: spec.config,
    setup: (_context, config): Allocator => {
      const explain = (input: AllocationInput, { relax }: { readonly relax: boolean }) =>
        explained(spec, config, input, relax);
      return { allocate: (input) => explain(input, { relax: false }).shares, explain };
    },
  });
}

interface Found {
  readonly method: string;
  readonly fallback?: string;
  readonly solved: Solved;
}

/** How much wider a limit is made to see what it costs: of shares, and of what changes. */
const WIDER = 0.01;
const MOST_RELAXED = 20;

function explained<C extends Common>(
  spec: MethodSpec<C>,
  config: C,
  input: AllocationInput,
  relax: boolean,
): AllocationExplanation {
  const active = input.candidates
    .filter((candidate) => candidate.active)
    .sort((a, b) => (a.strategy < b.strategy ? -1 : 1));
  const names = active.map(({ strategy }) => strategy);
  const budget = Math.min(input.budget, names.length);
  const sharesOf = (shares: Float64Array) => names.map((strategy, i) => ({ strategy, share: shares[i]! }));
  if (names.length === 0 || !(budget > 0))
    return {
      shares: sharesOf(new Float64Array(names.length)),
      method: spec.use,
      notes: [],
      figures: {},
      binding: [],
    };
  const held = Float64Array.from(active, (candidate) => candidate.held ?? 0);
  const returns = commonReturns(
    active.map((candidate) => candidate.returns),
    config.lookback,
  );
  const answerWithin = (limits: readonly ShareLimit[]): Found =>
    answer(spec, config, { names, returns, held, budget, limits });
  const limits = limitsOn(names, config.limits as LimitsChoice, budget);
  const { solved, ...found } = answerWithin(limits);

  const binding = [...solved.binding].sort((a, b) => b.multiplier - a.multiplier);
  const relaxed = (limit: ShareLimit, rank: number): BindingLimit["relaxed"] => {
    if (!relax || rank >= MOST_RELAXED || limit.kind === "budget") return undefined;
    const bound = widened(limit, budget);
    const other = answerWithin(limits.map((one) => (one === limit ? { ...one, bound } : one)));
    const shares = sharesOf(other.solved.shares).filter(({ share }, i) => Math.abs(share - solved.shares[i]!) > 1e-6);
    return { bound, gain: solved.objective - other.solved.objective, shares };
  };
  return {
    ...found,
    shares: sharesOf(solved.shares),
    notes: solved.notes,
    figures: { sessions: returns[0]!.length, ...solved.figures, ...changeFigures(limits, solved.shares, held) },
    binding: binding.map(({ limit, multiplier }, rank): BindingLimit => {
      const { kind, name, of, bound } = limit;
      const wider = relaxed(limit, rank);
      return {
        kind,
        name,
        ...(of !== undefined && { of }),
        bound,
        multiplier,
        ...(wider !== undefined && { relaxed: wider }),
      };
    }),
  };
}

function widened({ kind, bound }: ShareLimit, budget: number): number {
  if (kind === "min") return Math.max(0, bound - WIDER);
  if (kind === "max") return Math.min(budget, bound + WIDER);
  return bound * (1 + WIDER * 10) + (bound === 0 ? WIDER : 0);
}

type Known = Omit<Task, "covariance" | "deviations">;

/** The method's answer; where it has none that of inverse volatility, and where that has none equal shares. */
function answer<C extends Common>(spec: MethodSpec<C>, config: C, known: Known): Found {
  const { names, budget } = known;
  const even = (why: string): Found => {
    const equal = proportional(new Float64Array(names.length).fill(1), budget);
    return { method: "equal", fallback: why, solved: solvedOr(towards(known, equal), known) };
  };
  const periods = known.returns[0]!.length;
  if (periods < config.minPeriods)
    return even(`The active strategies have ${periods} sessions in common, fewer than ${config.minPeriods}`);
  const sample = known.returns.findIndex((series) => !(varianceOf(series) > 0));
  if (sample >= 0) return even(`The returns of ${names[sample]} do not vary, or are too large to be measured`);
  const { covariance, figures } = estimateCovariance(known.returns, config.covariance);
  const deviations = deviationsOf(covariance);
  if (!covariance.values.every(Number.isFinite) || deviations.some((deviation) => !(deviation > 0)))
    return even("The covariance of the returns can't be computed");
  const task: Task = { ...known, covariance, deviations };
  const stood = (why: string): Found => {
    const solved = inverseVolatility(task);
    return typeof solved === "string"
      ? even(`${why}; ${solved}`)
      : { method: "inverse-volatility", fallback: why, solved: measuredBy(task, solved, figures) };
  };
  if (spec.definite && !factor(correlationOf(covariance, deviations), 1e-10))
    return stood("The covariance of the returns is degenerate: some strategies are combinations of others");
  const solved = spec.solve(task, config);
  if (typeof solved === "string") return stood(`${capital(solved)}`);
  return { method: spec.use, solved: measuredBy(task, solved, figures) };
}

/** Even the last resort keeps the limits that can be computed: shares that can't be moved within them are cut to what is in them. */
function solvedOr(found: Answer, { names, limits, budget }: Known): Solved {
  if (typeof found !== "string") return found;
  const shares = new Float64Array(names.length).fill(budget / names.length);
  for (const { kind, at, bound } of limits)
    if (kind === "max") for (const i of at) shares[i] = Math.min(shares[i]!, bound / at.length);
  return {
    shares,
    objective: 0,
    binding: [],
    notes: [`${capital(found)}: shares were cut to the limits`],
    figures: {},
  };
}

function measuredBy({ covariance, deviations }: Task, solved: Solved, figures: Solved["figures"]): Solved {
  const { size, values } = covariance;
  const { shares } = solved;
  let variance = 0;
  let weighted = 0;
  for (let i = 0; i < size; i++) {
    weighted += shares[i]! * deviations[i]!;
    for (let j = 0; j < size; j++) variance += shares[i]! * values[i * size + j]! * shares[j]!;
  }
  const volatility = Math.sqrt(Math.max(0, variance));
  return {
    ...solved,
    figures: {
      ...figures,
      ...solved.figures,
      volatility,
      ...(volatility > 0 && { diversification_ratio: weighted / volatility }),
    },
  };
}

function changeFigures(
  limits: readonly ShareLimit[],
  shares: Float64Array,
  held: Float64Array,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    limits.filter(({ rates }) => rates !== undefined).map((limit) => [limit.kind, measured(limit, shares, held)]),
  );
}

/** The sessions of which every strategy has a return, the youngest of them. */
function commonReturns(series: readonly Float64Array[], lookback = Number.POSITIVE_INFINITY): readonly Float64Array[] {
  const periods = series.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
  const kept: number[] = [];
  for (let t = periods - 1; t >= 0 && kept.length < lookback; t--)
    if (series.every((one) => Number.isFinite(one[t]!))) kept.push(t);
  kept.reverse();
  return series.map((one) => {
    const own = new Float64Array(kept.length);
    for (let k = 0; k < kept.length; k++) own[k] = one[kept[k]!]!;
    return own;
  });
}

/** 0 where rounding is all that varies. */
function varianceOf(series: Float64Array): number {
  let [mean, sum, largest] = [0, 0, 0];
  for (const value of series) mean += value / series.length;
  for (const value of series) {
    sum += (value - mean) ** 2;
    largest = Math.max(largest, Math.abs(value));
  }
  const variance = sum / (series.length - 1);
  return Number.isFinite(variance) && variance > (1e-12 * largest) ** 2 ? variance : 0;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

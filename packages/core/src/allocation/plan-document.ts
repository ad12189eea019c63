import { QmtlError } from "../schema/error.ts";
import type { RebalancePlan } from "./rebalance.ts";

/** The newest schema of a plan that leaves the process: the second carries what was measured, and why it is planned. */
export const PLAN_SCHEMA = 2;

/** What is measured of a strategy or a world, by name; what could not be measured is not there. */
export type AlphaMetrics = Readonly<Partial<Record<AlphaMetric, number>>>;

export const ALPHA_METRICS = ["sharpe", "max_drawdown", "win_ratio", "profit_factor", "car_mdd", "rar_mdd"] as const;

export type AlphaMetric = (typeof ALPHA_METRICS)[number];

export interface PlanDocument {
  readonly schema_version: number;
  readonly plan: RebalancePlan;
  readonly alpha_metrics?: {
    /** By world. */
    readonly per_world: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** By strategy, then by world. */
    readonly per_strategy: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  };
  readonly rebalance_intent?: { readonly meta: Readonly<Record<string, string>> };
}

/**
 * The schema that both sides speak.
 *
 * @param requested by the reader; absent: the first
 * @throws `allocation.invalid-schema` for no version, `allocation.schema-too-old` when what was measured is asked for in a schema
 *   without it
 */
export function negotiateSchema(requested = 1, measuredRequired = false, offered = PLAN_SCHEMA): number {
  if (!Number.isInteger(requested) || requested < 1)
    throw new QmtlError({
      code: "allocation.invalid-schema",
      message: `${requested} is no version of the schema of a plan`,
      next: `Ask for 1 to ${offered}.`,
    });
  const version = Math.min(requested, offered);
  if (measuredRequired && version < 2)
    throw new QmtlError({
      code: "allocation.schema-too-old",
      message: `Version ${version} of the schema of a plan does not carry alpha_metrics`,
      next: "Ask for version 2.",
    });
  return version;
}

/** A plan in a negotiated schema. */
export function planDocument(
  plan: RebalancePlan,
  of: {
    readonly version: number;
    readonly worlds: Readonly<Record<string, AlphaMetrics>>;
    readonly strategies: Readonly<Record<string, Readonly<Record<string, AlphaMetrics>>>>;
    /** Why it is planned, in the planner's own words. */
    readonly intent?: Readonly<Record<string, string>>;
  },
): PlanDocument {
  if (of.version < 2) return { schema_version: of.version, plan };
  return {
    schema_version: of.version,
    plan,
    alpha_metrics: {
      per_world: mapped(of.worlds, named),
      per_strategy: mapped(of.strategies, (worlds) => mapped(worlds, named)),
    },
    rebalance_intent: { meta: of.intent ?? {} },
  };
}

function named(metrics: AlphaMetrics): Readonly<Record<string, number>> {
  return Object.fromEntries(
    ALPHA_METRICS.flatMap((name) => {
      const value = metrics[name];
      return value === undefined || !Number.isFinite(value) ? [] : [[`alpha_performance.${name}`, value]];
    }),
  );
}

function mapped<A, B>(record: Readonly<Record<string, A>>, to: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

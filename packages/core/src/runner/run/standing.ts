import { freeTerms, type OrderTerms } from "../../backtest/order-terms.ts";
import type { RiskLimits } from "../../backtest/risk-limits.ts";
import { type ActivationEntry, entryKey } from "../../world/activation.ts";
import { type Authority, authority } from "../../world/authority.ts";
import type { WorldConfig } from "../../world/config.ts";
import type { Gate } from "../../world/gate.ts";
import { GATE_REASONS, type GateReason } from "../../world/gate-reason.ts";
import type { Params } from "../../world/record.ts";
import type { WorldState } from "../../world/state.ts";

/** What a runner holds. */
export interface HeldVersion {
  readonly strategy: string;
  readonly version: string;
  readonly params: Params;
}

/** What the world's authority says of a held version now. */
export interface RunStanding extends Authority {
  /** What the activation lists of it. */
  readonly entry?: ActivationEntry;
}

/** The effective mode of a held version, and the domain that it gives: by the activation, and by how old the world's decision is. */
export function standingOf(of: {
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly held: HeldVersion;
  /** The instant of knowledge that the run began with, ms UTC. */
  readonly asOf: number;
  readonly now: number;
}): RunStanding {
  const { state, config, held, asOf, now } = of;
  const key = keyOf(held);
  const entry = state.apply.activation.entries.find((one) => entryKey(one) === key && (one.active || one.drain));
  const envelope = state.decision?.envelope;
  const judged = envelope?.versions.find((one) => keyOf(one) === key);
  // Once another version is the candidate, decisions are about that one: what is active trades on, on what it was activated for.
  const evaluation =
    judged === undefined
      ? [...state.evaluations.values()].findLast((one) => keyOf(one) === key)
      : state.evaluations.get(judged.evalKey);
  const word = authority({
    world: config,
    ...(entry !== undefined &&
      envelope !== undefined && {
        decision: { mode: entry.mode, asOf: envelope.asOf, ...(envelope.ttl !== undefined && { ttl: envelope.ttl }) },
      }),
    // What only reduces takes no evidence.
    evidence:
      entry?.drain === true
        ? "conclusive"
        : (judged ?? evaluation)?.evidence !== "backtest"
          ? "declared"
          : judged?.verdict === "inconclusive"
            ? "inconclusive"
            : "conclusive",
    identity: entry?.drain === true ? "file" : (evaluation?.identity ?? "mismatch"),
    crossContextHits: evaluation?.crossContextHits ?? 0,
    asOf,
    now,
  });
  return { ...word, ...(entry !== undefined && { entry }) };
}

export function keyOf({ strategy, version, params }: HeldVersion): string {
  return entryKey({ strategy, version, params });
}

/** Why a runner's orders are held back: the gate's reasons, and the runner's own. */
export const HOLD_REASONS = {
  ...GATE_REASONS,
  late_bar: "The bar is older than the world's max_lag",
  no_live_broker: "The world says live, and this runner has the paper broker alone",
} as const satisfies Readonly<Record<string, string>>;

export type HoldReason = keyof typeof HOLD_REASONS;

export interface GatedTerms {
  readonly terms: OrderTerms;
  readonly gate: "open" | HoldReason;
}

/** What of a version's orders passes now. */
export function termsOf(of: {
  readonly gate: Gate;
  readonly standing: Pick<RunStanding, "domain">;
  readonly key: string;
  readonly late: boolean;
  /** Of the world. */
  readonly limits?: RiskLimits;
}): GatedTerms {
  const { gate, standing, key, late, limits } = of;
  if (gate.kind === "shut") return held(gate.reason);
  const entry = gate.entries.find((one) => entryKey(one) === key);
  if (entry === undefined) return held("digest_mismatch");
  if (standing.domain === "live") return held("no_live_broker");
  if (standing.domain !== "dryrun") return held("domain_without_orders");
  if (late) return held("late_bar");
  if (entry.freeze) return held("entry_frozen");
  if (entry.drain || !entry.active)
    return { terms: { ...SHUT, flatten: entry.onDeactivate === "flatten" }, gate: "drain_reduce_only" };
  const terms = { ...freeTerms(entry.share * entry.scale), sides: entry.sides };
  return { terms: { ...terms, ...(limits !== undefined && { limits }) }, gate: "open" };
}

/** No order passes. */
export const SHUT: OrderTerms = { ...freeTerms(0), admits: "none" };

function held(gate: GateReason | HoldReason): GatedTerms {
  return { terms: SHUT, gate };
}

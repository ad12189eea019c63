import type { Knowledge } from "./config.ts";
import { DOWNGRADE_REASONS, type DowngradeReason } from "./downgrade.ts";
import { capMode, compareModes, domainOf, type ExecutionDomain, isMode, type Mode } from "./mode.ts";
import type { Identity } from "./record.ts";

export interface AuthorityInput {
  readonly world: {
    readonly maxMode: Mode;
    readonly allowLive: boolean;
    readonly knowledge: Knowledge;
  };
  /** What the world said of the version; absent when it said nothing. */
  readonly decision?: {
    readonly mode: string;
    /** Ms UTC that its age counts from. */
    readonly asOf: number;
    /** Ms. Absent: it does not age, which only a pinned world may say. */
    readonly ttl?: number;
  };
  /** Of the evaluation: `conclusive` is the only word that promotes. */
  readonly evidence: "conclusive" | "inconclusive" | "declared";
  readonly identity: Identity | "mismatch";
  readonly crossContextHits: number;
  /** The instant that the run's dataset commit was resolved to, ms UTC. */
  readonly asOf?: number;
  /** Ms UTC. */
  readonly now: number;
  /** A hint of the author. It comes back as it came, and decides nothing. */
  readonly requested?: string;
}

export interface Authority {
  readonly mode: Mode;
  readonly domain: ExecutionDomain;
  /** In the order of {@link DOWNGRADE_REASONS}; empty when the world's word holds. */
  readonly downgrades: readonly DowngradeReason[];
  readonly requested?: string;
}

/**
 * What a version may do now: the world's word, taken back for every reason that there is. Whatever is missing, stale, ambiguous
 * or unknown ends in `backtest`.
 */
export function authority(input: AuthorityInput): Authority {
  const { decision, world } = input;
  const said = decision?.mode;
  const reasons = new Set<DowngradeReason>();
  let mode: Mode = "validate";
  if (decision === undefined || !isMode(said)) reasons.add("decision_unavailable");
  else {
    mode = said;
    if (said === "live" && (!world.allowLive || world.maxMode !== "live")) {
      reasons.add("live_not_allowed");
      mode = "paper";
    }
    const most = world.knowledge.kind === "pinned" ? capMode(world.maxMode, "compute-only") : world.maxMode;
    if (compareModes(mode, most) > 0) {
      // The world's cap is part of what is decided: a higher word was said under another configuration.
      if (reasons.size === 0) reasons.add("stale_decision");
      mode = most;
    }
    for (const reason of doubtsOf(input, said)) {
      reasons.add(reason);
      mode = capMode(mode, "compute-only");
    }
  }
  const replays = domainOf(mode) === "backtest" || domainOf(mode) === "dryrun";
  if (replays && !Number.isFinite(input.asOf)) {
    reasons.add("missing_as_of");
    mode = capMode(mode, "compute-only");
  }
  return {
    mode,
    domain: domainOf(mode),
    downgrades: DOWNGRADE_REASONS.filter((reason) => reasons.has(reason)),
    ...(input.requested !== undefined && { requested: input.requested }),
  };
}

/** What forbids everything beyond a replay. A word that asks for no more has nothing to be taken back. */
function doubtsOf(input: AuthorityInput, said: Mode): readonly DowngradeReason[] {
  if (compareModes(said, "compute-only") <= 0) return [];
  const doubts: DowngradeReason[] = [];
  if (input.identity !== "file") doubts.push("digest_mismatch");
  if (input.crossContextHits !== 0) doubts.push("cross_context_hit");
  if (input.evidence !== "conclusive") doubts.push("evidence_inconclusive");
  if (isStale(input)) doubts.push("stale_decision");
  return doubts;
}

/** Ages that can't be computed, and decisions from the future, are stale. */
function isStale({ decision, world, now }: AuthorityInput): boolean {
  if (decision === undefined) return true;
  if (decision.ttl === undefined) return world.knowledge.kind !== "pinned";
  const age = now - decision.asOf;
  return !(age >= 0 && age <= decision.ttl);
}

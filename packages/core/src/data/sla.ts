/** What a reader demands of data that is still coming in. */
interface SlaPolicy {
  /** Smallest accepted coverage ratio, 0 to 1. */
  readonly minCoverage?: number;
  /** Oldest accepted newest bar, in seconds. */
  readonly maxLagSeconds?: number;
  /** What overrunning a phase's time means. */
  readonly onViolation: "fail_fast" | "partial_fill" | "hold";
}

export interface SlaInput {
  readonly policy: SlaPolicy;
  /** The first phase that took longer than it may; null when none did. */
  readonly violation: string | null;
  /** Undefined when not measured: then it can't be breached. */
  readonly coverageRatio?: number;
  readonly stalenessMs?: number;
}

export interface SlaBreach {
  readonly mode: SlaPolicy["onViolation"];
  readonly reason: "freshness_breach" | "coverage_breach" | "sla_violation";
}

/**
 * The one reason why data may not be used as it is, or undefined. Stale before thin before late: the first two always hold, because
 * waiting can mend them; being late does what the policy says.
 */
export function slaDecision({ policy, violation, coverageRatio, stalenessMs }: SlaInput): SlaBreach | undefined {
  if (policy.maxLagSeconds !== undefined && stalenessMs !== undefined && stalenessMs > policy.maxLagSeconds * 1_000)
    return { mode: "hold", reason: "freshness_breach" };
  if (policy.minCoverage !== undefined && coverageRatio !== undefined && coverageRatio < policy.minCoverage)
    return { mode: "hold", reason: "coverage_breach" };
  return violation === null ? undefined : { mode: policy.onViolation, reason: "sla_violation" };
}

/** Rows without the newest `bars`, which a source may still revise. */
export function stabilize<T>(rows: readonly T[], bars: number): readonly T[] {
  return bars <= 0 ? rows : rows.slice(0, Math.max(0, rows.length - bars));
}

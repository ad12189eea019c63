/** Why a run may do less than the world's word says. The list is closed; `strategy_compute_context_downgrade_total{reason}` counts it. */
export type DowngradeReason =
  /** A run that replays has no dataset commit to replay. */
  | "missing_as_of"
  /** The decision is older than its time to live, or was taken under a higher cap. */
  | "stale_decision"
  /** There is no decision, or it says a word that is no mode. */
  | "decision_unavailable"
  | "live_not_allowed"
  /** The evidence is declared, inconclusive or of an unknown kind. */
  | "evidence_inconclusive"
  /** A cache gave a value of another world, domain or partition. */
  | "cross_context_hit"
  /** What runs is not what was decided on, or no digest vouches for it. */
  | "digest_mismatch";

export const DOWNGRADE_REASONS: readonly DowngradeReason[] = [
  "missing_as_of",
  "stale_decision",
  "decision_unavailable",
  "live_not_allowed",
  "evidence_inconclusive",
  "cross_context_hit",
  "digest_mismatch",
];

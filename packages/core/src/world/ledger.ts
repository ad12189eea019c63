import type { TrialStatistics } from "../plugin/contract/evaluator.ts";
import { digest } from "../schema/canonical.ts";
import type { Params, TrialRecord } from "./record.ts";
import type { WorldState } from "./state.ts";

/** What makes two evaluations the same trial: another policy or evaluator judges it again, but tries nothing new. */
export interface TrialIdentity {
  /** Digest of the strategy's version. */
  readonly version: string;
  readonly params: Params;
  /** The dataset's fingerprint. */
  readonly dataset: string;
  /** From `brokerageDigest`. */
  readonly brokerage: string;
}

/** @returns 64 hexadecimal digits */
export function trialKey({ version, params, dataset, brokerage }: TrialIdentity): string {
  return digest("trial/1", { version, params: { ...params }, dataset, brokerage });
}

/** Every trial once, in the order in which they were first made; of one that was evaluated again the newest evaluation. */
export function ledger({ trials }: WorldState): readonly TrialRecord[] {
  const byKey = new Map<string, TrialRecord>();
  for (const trial of trials.values()) byKey.set(trial.trialKey, trial);
  return [...byKey.values()];
}

/**
 * The trials that deflate a figure of `own`: the ledger, with `own` in place of an earlier evaluation of the same trial. The
 * entry of `own` comes last and has its EvalKey, which is the evaluator's `self`.
 */
export function trialsFor(
  state: WorldState,
  own: { readonly trialKey: string; readonly statistics: TrialStatistics },
): readonly TrialStatistics[] {
  const others = ledger(state).filter(({ trialKey: key }) => key !== own.trialKey);
  return [...others.map(({ statistics }) => statistics), own.statistics];
}

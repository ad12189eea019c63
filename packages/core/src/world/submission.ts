import type { PolicyVerdict } from "../policy/policy.ts";
import { canonicalJson } from "../schema/canonical.ts";
import {
  type AcceptedRecord,
  type EvaluationRecord,
  type JournalEntry,
  RECORD_FORMAT,
  type TrialRecord,
  type WorldRecord,
} from "./record.ts";
import { fold, type WorldState } from "./state.ts";

type Facts<R> = Omit<R, "kind" | "format" | "at">;

/** One evaluated version. */
export interface Submission {
  readonly trial: Facts<TrialRecord>;
  /** Absent for a sweep or a preview, which only leave a trial. */
  readonly evaluation?: Facts<EvaluationRecord>;
  /** The version may compete from now on; see {@link isAccepted}. Takes `evaluation`. */
  readonly accepted: boolean;
  /** The mode or domain that the author asked for: recorded, never obeyed. */
  readonly requested?: string;
}

/**
 * What a submission adds to the journal. A known EvalKey is no new trial and no new evaluation, and the version that is the
 * candidate already is not accepted again: submitting twice adds nothing the second time.
 */
export function submissionRecords(state: WorldState, submission: Submission, at: number): readonly WorldRecord[] {
  const { trial, evaluation, accepted, requested } = submission;
  const stamp = { format: RECORD_FORMAT, at } as const;
  const records: WorldRecord[] = [];
  if (!state.trials.has(trial.evalKey)) records.push({ kind: "trial", ...stamp, ...trial });
  if (evaluation === undefined) return records;
  const { strategy, version, evalKey } = evaluation;
  if (!state.evaluations.has(evalKey)) records.push({ kind: "evaluation", ...stamp, ...evaluation });
  const known = state.candidates.get(strategy);
  const same = known?.version === version && known.evalKey === evalKey && known.requested === requested;
  if (accepted && !same) {
    const record: AcceptedRecord = { kind: "accepted", ...stamp, strategy, version, evalKey };
    records.push(requested === undefined ? record : { ...record, requested });
  }
  return records;
}

/** The state as it will be once `records` are appended to the head. */
export function after(state: WorldState, records: readonly WorldRecord[]): WorldState {
  return fold(
    state,
    records.map((record, i): JournalEntry => ({ revision: state.revision + 1 + i, record })),
  );
}

const REJECTING: ReadonlySet<string> = new Set(["data-currency", "evidence", "gates", "score"]);

/**
 * True when the policy says that the version itself does not do (stale data, declared evidence, a gate, no score), not merely that
 * others are better or that it has to wait.
 */
export function isRejected({ verdict, exclusions }: Pick<PolicyVerdict, "verdict" | "exclusions">): boolean {
  return verdict === "excluded" && exclusions.some(({ stage }) => REJECTING.has(stage));
}

/**
 * Whether a version that was just judged becomes its strategy's candidate. A rejected or inconclusive one does not take the place of
 * another version, which goes on as it was. Newer evidence on the candidate itself, same code and params, always counts.
 */
export function isAccepted(
  state: WorldState,
  { strategy, version, params }: Pick<EvaluationRecord, "strategy" | "version" | "params">,
  verdict: Pick<PolicyVerdict, "verdict" | "exclusions">,
): boolean {
  const known = state.candidates.get(strategy);
  const its = known === undefined ? undefined : state.evaluations.get(known.evalKey);
  if (its?.version === version && canonicalJson(its.params) === canonicalJson(params)) return true;
  if (verdict.verdict === "inconclusive") return known === undefined;
  return !isRejected(verdict);
}

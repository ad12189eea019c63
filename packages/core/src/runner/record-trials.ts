import { encodeTrialReturns } from "../evaluation/trial-returns-block.ts";
import { brokerageDigest } from "../world/config.ts";
import type { TrialRecord, WorldRecord } from "../world/record.ts";
import type { OpenWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { submissionRecords } from "../world/submission.ts";
import type { Contender } from "./judge.ts";
import type { StoredRun } from "./stored-run.ts";
import type { SubmitContext } from "./submit.ts";
import type { WorldData } from "./world-data.ts";

/** Versions that were tried and are no candidates. */
export interface Trials {
  readonly contenders: readonly Contender[];
  readonly origin: Exclude<TrialRecord["origin"], "submit">;
  readonly data: WorldData;
}

/** Appends the trials that the ledger does not know yet, all or none; their returns become one object. */
export async function recordTrials(
  trials: Trials,
  journal: OpenWorld,
  context: Pick<SubmitContext, "config" | "objects" | "signal" | "clock">,
): Promise<void> {
  const { objects, signal, clock } = context;
  const returns = trials.contenders.map(({ run }) => finite(run.times, run.returns));
  const block = await objects.put(encodeTrialReturns(returns), { signal });
  await journal.commit((state) => trialRecords(trials, state, context, { block, at: clock() }));
}

/** What {@link recordTrials} appends on a head; without a block the trials have no returns. */
export function trialRecords(
  { contenders, origin, data }: Trials,
  state: WorldState,
  { config }: Pick<SubmitContext, "config">,
  { block, at }: { readonly block?: string; readonly at: number },
): readonly WorldRecord[] {
  const { fingerprint, commit, asOf, end, pointInTime } = data;
  const brokerage = brokerageDigest(config);
  return contenders.flatMap(({ strategy, version, params, evalKey, trialKey, statistics }, row) => {
    const trial: Omit<TrialRecord, "kind" | "format" | "at"> = {
      evalKey,
      trialKey,
      origin,
      strategy,
      version,
      params,
      dataset: { fingerprint, commit, asOf, end, pointInTime },
      brokerage,
      evidence: "backtest",
      statistics,
      ...(block !== undefined && { returns: { block, row } }),
    };
    return submissionRecords(state, { trial, accepted: false }, at);
  });
}

function finite(times: StoredRun["times"], returns: StoredRun["returns"]) {
  const kept = times.flatMap((time, i) => (time === null || returns[i] === null ? [] : [i]));
  return {
    times: Float64Array.from(kept, (i) => times[i] as number),
    returns: Float64Array.from(kept, (i) => returns[i] as number),
  };
}

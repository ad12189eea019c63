import type { ReturnSeries } from "../evaluation/common-window.ts";
import type { TrialPool, TrialPools, TrialSeries } from "../evaluation/trial-returns.ts";
import { decodeTrialReturns } from "../evaluation/trial-returns-block.ts";
import type { TrialScope } from "../plugin/contract/evaluator.ts";
import type { ObjectStorage } from "../plugin/contract/storage.ts";
import { selectVariants, type Variant, variantsOf } from "../world/ledger.ts";
import type { WorldState } from "../world/state.ts";
import { decodeRun, type JudgedRun } from "./stored-run.ts";

/** A version under judgement, whose run is at hand. */
export interface RunVariant extends Variant {
  readonly run: JudgedRun;
}

export interface TrialPoolOptions {
  readonly state: WorldState;
  /** Whose trial is about to enter the ledger. */
  readonly contender: RunVariant;
  readonly judged: readonly RunVariant[];
  readonly scopes: readonly TrialScope[];
  readonly reader: TrialReturnsReader;
}

/** Reads the returns of trials, each object once however often it is asked for: objects never change. */
export interface TrialReturnsReader {
  /** By the block that the trial's record names, else by its evaluation's stored run. Nothing when neither is there. */
  read(state: WorldState, evalKey: string): Promise<ReturnSeries | undefined>;
}

export function createTrialReturnsReader(objects: ObjectStorage, signal: AbortSignal): TrialReturnsReader {
  const known = new Map<string, Promise<readonly ReturnSeries[]>>();
  const load = (digest: string, decode: (bytes: Uint8Array) => readonly ReturnSeries[]) => {
    const loading =
      known.get(digest) ?? objects.get(digest, { signal }).then((bytes) => (bytes === undefined ? [] : decode(bytes)));
    known.set(digest, loading);
    return loading;
  };
  return {
    read: async (state, evalKey) => {
      const ref = state.trials.get(evalKey)?.returns;
      if (ref !== undefined) return (await load(ref.block, decodeTrialReturns))[ref.row];
      const run = state.evaluations.get(evalKey)?.objects["run"];
      if (run === undefined) return undefined;
      return (await load(run, (bytes) => [seriesOf(decodeRun(bytes, evalKey))]))[0];
    },
  };
}

/**
 * For each judged run the trials of each scope, with its own evaluation for its own variant. What several of them have in common is
 * one object, so that it crosses a process boundary once. The order of the ledger decides nothing but which of several evaluations of
 * one variant is the newest.
 */
export async function readTrialPools(options: TrialPoolOptions): Promise<readonly TrialPools[]> {
  const { state, contender, judged, scopes, reader } = options;
  if (scopes.length === 0) return judged.map(() => ({}));
  const series = new Map<string, TrialSeries | undefined>();
  const sameTimes = internTimes();
  const add = (evalKey: string, strategy: string, found: ReturnSeries | undefined): void => {
    series.set(evalKey, found && { evalKey, strategy, times: sameTimes(found.times), returns: found.returns });
  };
  for (const { evalKey, strategy, run } of [...judged, contender])
    add(evalKey, strategy, run.evidence === "declared" ? undefined : seriesOf(run));
  const ledger = variantsOf(state, { ...contender, evidence: contender.run.evidence });
  const pools: TrialPools[] = [];
  for (const self of judged) {
    const own: Partial<Record<TrialScope, TrialPool>> = {};
    for (const scope of scopes) {
      const { variants, declared, capped } = selectVariants(ledger, { self, scope });
      for (const { evalKey, strategy } of variants)
        if (!series.has(evalKey)) add(evalKey, strategy, await reader.read(state, evalKey));
      const found = variants.flatMap(({ evalKey }) => series.get(evalKey) ?? []);
      const others = variants.filter(({ evalKey }) => evalKey !== self.evalKey);
      const lost = others.filter(({ evalKey }) => series.get(evalKey) === undefined).length;
      own[scope] = { series: found, leftOut: { declared, lost, capped } };
    }
    pools.push(own);
  }
  return pools;
}

/** Periods without a time or a finite return are none. */
export function seriesOf({ times, returns }: JudgedRun): ReturnSeries {
  const kept = times.flatMap((time, i) => (time === null || !Number.isFinite(returns[i] ?? Number.NaN) ? [] : [i]));
  return {
    times: Float64Array.from(kept, (i) => times[i] as number),
    returns: Float64Array.from(kept, (i) => returns[i] as number),
  };
}

/** Runs of one dataset have the same times: one array serves them all. */
function internTimes(): (times: Float64Array) => Float64Array {
  const known = new Map<string, Float64Array[]>();
  return (times) => {
    const key = `${times.length} ${times[0]} ${times.at(-1)}`;
    const alike = known.get(key) ?? [];
    known.set(key, alike);
    const same = alike.find((other) => other === times || other.every((time, i) => time === times[i]));
    if (same === undefined) alike.push(times);
    return same ?? times;
  };
}

import type { AllocatedShare } from "../plugin/contract/allocator.ts";
import type { PolicyOutcome, PolicyVerdict } from "../policy/policy.ts";
import { digest } from "../schema/canonical.ts";
import { brokerageDigest, type WorldConfig } from "./config.ts";
import type { DecideInput } from "./decide.ts";
import { trialKey } from "./ledger.ts";
import { parseWorld } from "./parse-world.ts";
import {
  type DatasetRef,
  type EvaluationRecord,
  type Identity,
  type Params,
  RECORD_FORMAT,
  type RealisedRecord,
} from "./record.ts";
import type { WorldState } from "./state.ts";
import type { Submission } from "./submission.ts";

export const DAY = 86_400_000;
/** 2024-01-01T00:00Z */
export const START = 1_704_067_200_000;

/** A world that follows; `extra` are further lines of its file. */
export function sampleWorld(extra = "", knowledge = "follow: { max_lag: 4d }"): WorldConfig {
  const text = `id: sample
${knowledge}
account: { equity: 1000000, currency: USD }
data:
  presets:
    - id: daily
      preset: samples.sp500
      interval: 1d
      calendar: XNYS
      universe: { symbols: [{ id: SPX, tags: [us-index], currency: USD }] }
brokerage: { fee: { percent: 0.0002 }, slippage: { none: {} } }
policy: { preset: sandbox }
allocator: { use: equal }
${extra}`;
  return parseWorld({ file: "worlds/sample.yml", text }).config;
}

export interface SampleSubmission {
  readonly strategy: string;
  readonly code?: string;
  readonly params?: Params;
  readonly dataset?: Partial<DatasetRef>;
  readonly evidence?: "backtest" | "declared";
  readonly identity?: Identity;
  readonly policy?: string;
  readonly accepted?: boolean;
  readonly requested?: string;
}

/** An evaluated version whose digests follow from what is given. */
export function sampleSubmission(
  config: WorldConfig,
  of: SampleSubmission,
): Submission & { readonly evaluation: Omit<EvaluationRecord, "kind" | "format" | "at"> } {
  const { strategy, code = "1", params = {}, evidence = "backtest", identity = "file" } = of;
  const version = digest("test/version", [strategy, code]);
  const fingerprint = digest("test/data", of.dataset?.end ?? START);
  const dataset: DatasetRef = {
    fingerprint,
    commit: digest("test/commit", fingerprint),
    asOf: START,
    end: START,
    pointInTime: false,
    ...of.dataset,
  };
  const brokerage = brokerageDigest(config);
  const evalKey = digest("test/eval", { version, params, fingerprint, policy: of.policy ?? "p", brokerage });
  return {
    trial: {
      evalKey,
      trialKey: trialKey({ version, params, dataset: fingerprint, brokerage }),
      origin: "submit",
      strategy,
      version,
      params,
      dataset,
      brokerage,
      evidence,
      statistics: { evalKey, periods: 100, sharpe: 0.1, skew: 0, kurtosis: 3 },
    },
    evaluation: {
      evalKey,
      strategy,
      version,
      params,
      dataset,
      engine: "test",
      evidence,
      identity,
      metrics: { sharpe: { kind: "value", value: 1.5 }, calmar: { kind: "undefined", because: "it never fell" } },
      checks: { enough_periods: { verdict: "pass", reason: "100 of 20" } },
      crossContextHits: 0,
      objects: { returns: digest("test/returns", evalKey) },
    },
    accepted: of.accepted ?? true,
    ...(of.requested !== undefined && { requested: of.requested }),
  };
}

/** What a runner realised, one return a day from `from` on, on the run that {@link sampleSubmission} gives for the same words. */
export function sampleRealised(
  config: WorldConfig,
  of: Pick<SampleSubmission, "strategy" | "code" | "params"> & {
    readonly returns: readonly number[];
    /** The first period. */
    readonly from: number;
    readonly domain?: RealisedRecord["domain"];
    readonly feed?: RealisedRecord["feed"];
    readonly account?: string;
  },
): readonly RealisedRecord[] {
  const { evaluation } = sampleSubmission(config, of);
  const { returns, from, domain = "dryrun", feed = "live", account = `${domain}.${of.strategy}` } = of;
  let equity = 1_000_000;
  return returns.map((value, day) => {
    equity *= 1 + value;
    const { strategy, version, params } = evaluation;
    const period = from + day * DAY;
    return {
      kind: "realised",
      format: RECORD_FORMAT,
      at: period,
      strategy,
      version,
      params,
      account,
      domain,
      feed,
      period,
      return: value,
      equity,
    };
  });
}

/** Everything of one decision over the world's candidates: `selected` by rank, the rest ranked out. */
export function sampleDecision(
  state: WorldState,
  config: WorldConfig,
  of: {
    readonly selected: readonly string[];
    readonly verdicts?: readonly PolicyVerdict[];
    readonly now?: number;
    readonly asOf?: number;
    readonly participants?: readonly string[];
    readonly period?: number;
  },
): DecideInput {
  const candidates = [...state.candidates.values()].sort((a, b) => (a.strategy < b.strategy ? -1 : 1));
  const verdicts =
    of.verdicts ??
    candidates.map(({ strategy, version }): PolicyVerdict => {
      const rank = of.selected.indexOf(strategy);
      if (rank >= 0)
        return {
          strategy,
          version,
          verdict: "selected",
          rank: rank + 1,
          score: 1 / (rank + 1),
          exclusions: [],
          notes: [],
          gates: [],
        };
      const exclusion = { stage: "top-k", rule: "total", reason: "Others score higher" } as const;
      return { strategy, version, verdict: "excluded", exclusions: [exclusion], notes: [], gates: [] };
    });
  const outcome: PolicyOutcome = {
    verdicts,
    selected: of.selected,
    hysteresis: Object.fromEntries(
      candidates.map(({ strategy }) => [strategy, { active: of.selected.includes(strategy), streak: 0, dwell: 1 }]),
    ),
  };
  const allocation: readonly AllocatedShare[] = of.selected.map((strategy) => ({
    strategy,
    share: 1 / of.selected.length,
  }));
  const evalKeys = verdicts.map(({ strategy, version }) => {
    const known = [...state.evaluations.values()].filter((one) => one.strategy === strategy && one.version === version);
    return state.candidates.get(strategy)?.version === version
      ? (state.candidates.get(strategy)?.evalKey ?? "")
      : (known.at(-1)?.evalKey ?? "");
  });
  return {
    state,
    config,
    outcome,
    allocation,
    evalKeys,
    period: of.period ?? START,
    asOf: of.asOf ?? START,
    now: of.now ?? START + DAY,
    participants: of.participants ?? [],
  };
}

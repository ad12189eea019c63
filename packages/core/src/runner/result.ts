import * as z from "zod";
import { GUARD_RULES, type GuardKind } from "../guards/finding.ts";

const GUARD_KINDS = Object.keys(GUARD_RULES) as [GuardKind, ...GuardKind[]];

/** A metric: a number, or why there is none. */
const figure = z.union([z.number(), z.strictObject({ undefined: z.string() })]);

const place = z.strictObject({
  file: z.string().exactOptional(),
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
  world: z.string().exactOptional(),
  strategy: z.string().exactOptional(),
  node: z.string().exactOptional(),
  symbol: z.string().exactOptional(),
  bar: z.number().exactOptional(),
  plugin: z.string().exactOptional(),
  method: z.string().exactOptional(),
  preset: z.string().exactOptional(),
  path: z.string().exactOptional(),
});

const violation = z.strictObject({
  /** `check`, `run`, or a stage of the policy. */
  stage: z.string(),
  /** The gate, constraint, check or error code. */
  rule: z.string(),
  message: z.string(),
  metric: z.string().exactOptional(),
  value: z.number().exactOptional(),
  bound: z.number().exactOptional(),
  distance: z.number().exactOptional(),
  hint: z.string().exactOptional(),
  /** The author's node, where one is to blame. */
  node: z.string().exactOptional(),
  place: place.exactOptional(),
});

const runFigures = z.strictObject({ totalReturn: z.number().nullable(), sharpe: z.number().nullable() });

const guardFinding = z.strictObject({
  rule: z.string(),
  kind: z.enum(GUARD_KINDS),
  /** `fail` rejects, `doubt` makes the evidence inconclusive, `note` is for the reader. */
  severity: z.enum(["fail", "doubt", "note"]),
  message: z.string(),
  hint: z.string(),
  node: z.string().exactOptional(),
  column: z.string().exactOptional(),
  input: z.string().exactOptional(),
  symbol: z.string().exactOptional(),
  bar: z.string().exactOptional(),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).exactOptional(),
  place: place.exactOptional(),
});

const gate = z.strictObject({
  name: z.string(),
  expression: z.string(),
  passed: z.boolean(),
  because: z.string().exactOptional(),
});

/**
 * What one submission came to: the published shape of `qmtl submit --json`. Times are ISO 8601 UTC, shares and returns fractions,
 * money in the world's account currency.
 */
export const submitResultSchema = z.strictObject({
  schema: z.literal("qmtl.submit-result/1"),
  /**
   * `active`: holds capital. `inactive`: judged and not holding any (ranked out, inconclusive, awaiting approval). `applying`: the
   * switch is under way. `rejected`: broke a rule of the world or can't run. `failed`: the system or a plugin could not finish.
   */
  status: z.enum(["active", "inactive", "applying", "rejected", "failed"]),
  /** One sentence: why this status. */
  reason: z.string(),
  strategy: z.string(),
  world: z.string(),
  /** The effective mode that the world gave this version. */
  mode: z.enum(["validate", "compute-only", "paper", "live", "shadow"]),
  domain: z.enum(["backtest", "dryrun", "live", "shadow"]),
  downgraded: z.boolean(),
  downgradeReason: z.string().nullable(),
  /** What the author asked for, recorded and never obeyed. */
  requested: z.string().nullable(),
  /** The world's policy on this version alone: a hint, where `decision` is the verdict. */
  precheck: z
    .strictObject({ verdict: z.enum(["selected", "excluded", "inconclusive"]), gates: z.array(gate) })
    .nullable(),
  decision: z
    .strictObject({
      revision: z.int(),
      /** Whether this submission committed it, or found it standing. */
      committed: z.boolean(),
      period: z.string(),
      asOf: z.string().nullable(),
      ttlSeconds: z.number().nullable(),
      verdict: z.enum(["selected", "excluded", "inconclusive"]),
      gates: z.array(gate),
    })
    .nullable(),
  activation: z
    .strictObject({
      active: z.boolean(),
      scale: z.number(),
      sides: z.array(z.string()),
      freeze: z.boolean(),
      drain: z.boolean(),
      applyRun: z.string().nullable(),
    })
    .nullable(),
  share: z.number(),
  /** What every selected strategy of the world gets, this one among them; the best ranked first. */
  allocations: z.array(
    z.strictObject({
      strategy: z.string(),
      version: z.string(),
      /** Of the world's equity. */
      share: z.number(),
      /** Of the project's equity. */
      ofTotal: z.number(),
      /** In the account's currency. */
      equity: z.number(),
    }),
  ),
  /** What the reader should know of them: what stood in for the allocator, which limits gave way; `null`: nothing. */
  allocationNotice: z.string().nullable(),
  rank: z.int().nullable(),
  score: z.number().nullable(),
  /** The world portfolio's Sharpe ratio with this strategy minus without it, over the common window. */
  contribution: figure.nullable(),
  metrics: z.record(z.string(), figure),
  violations: z.array(violation),
  dataset: z
    .strictObject({
      commit: z.string(),
      fingerprint: z.string(),
      asOf: z.string(),
      pointInTime: z.boolean(),
      streams: z.array(
        z.strictObject({
          preset: z.string(),
          source: z.string(),
          interval: z.string(),
          symbols: z.array(z.string()),
          from: z.string().nullable(),
          to: z.string().nullable(),
          bars: z.int(),
          findings: z.array(z.string()),
        }),
      ),
    })
    .nullable(),
  backtest: z
    .strictObject({
      evidence: z.enum(["backtest", "declared"]),
      from: z.string().nullable(),
      to: z.string().nullable(),
      periods: z.int(),
      startEquity: z.number(),
      endEquity: z.number(),
      trades: z.int(),
      fees: z.number(),
      slippage: z.number(),
      notes: z.array(z.string()),
    })
    .nullable(),
  /** What the guards examined; `null` for declared returns, and where it did not come to that. */
  guards: z
    .strictObject({
      cuts: z.array(z.string()),
      /** Whether the data could be read as they were known at the cuts. */
      pointInTime: z.boolean(),
      /** Whether the code's own tables could be looked at. */
      codeRead: z.boolean(),
      rows: z.int(),
      pathDependent: z.array(z.string()),
      unsettled: z.array(z.string()),
      ties: z.strictObject({ compared: z.int(), fragile: z.int() }),
      costs: z.strictObject({ asCharged: runFigures, doubled: runFigures }),
      parts: z.array(
        z.strictObject({
          by: z.enum(["third", "year", "trend", "volatility"]),
          name: z.string(),
          periods: z.int(),
          totalReturn: z.number().nullable(),
          sharpe: z.number().nullable(),
          maxDrawdown: z.number(),
        }),
      ),
      concentration: z.strictObject({ bestFive: z.number().nullable(), bestYear: z.number().nullable() }),
      findings: z.array(guardFinding),
    })
    .nullable(),
  provenance: z
    .strictObject({
      version: z.string(),
      graph: z.string(),
      evalKey: z.string(),
      params: z.record(z.string(), z.union([z.number(), z.string()])),
      worldConfig: z.string(),
      schemas: z.string(),
      engine: z.string(),
      qmtl: z.string(),
      /** `file`: the code is proven by the loader. `process`: an object of this process; ids are its own. */
      identity: z.enum(["file", "process"]),
      unproven: z.array(z.strictObject({ node: z.string(), cause: z.string() })),
      /** Trials in the world's ledger, this one included. */
      trials: z.int(),
      command: z.string(),
    })
    .nullable(),
  /** What this submission computed; a known EvalKey computes nothing. */
  computed: z.strictObject({ cached: z.boolean(), nodes: z.int(), rows: z.int() }),
  /** Milliseconds by phase. */
  timings: z.record(z.string(), z.number()),
  /**
   * Milliseconds that each node computed, in the order of the graph; streams have none. Of a known EvalKey: those of the run that computed it.
   * `null` where nothing has measured it. No part of the evidence.
   */
  nodeTimings: z.array(z.strictObject({ node: z.int(), name: z.string(), ms: z.number() })).nullable(),
  error: z
    .strictObject({ code: z.string(), message: z.string(), next: z.string().nullable(), place: place.exactOptional() })
    .nullable(),
});

export type SubmitResult = z.infer<typeof submitResultSchema>;
export type Violation = z.infer<typeof violation>;
export type SubmitStatus = SubmitResult["status"];

/** JSON Schema (draft 2020-12) of {@link submitResultSchema}. */
export function submitResultJsonSchema(): object {
  return z.toJSONSchema(submitResultSchema);
}

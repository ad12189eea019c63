import type { Capital } from "../allocation/capital.ts";
import { declaredReturns } from "../backtest/returns.ts";
import { requireCalendar } from "../data/calendar/calendars.ts";
import { isoText } from "../data/iso.ts";
import type { DataPreset } from "../data/preset.ts";
import { allEnded } from "../data/seamless/all-ended.ts";
import { ENGINE_VERSION } from "../engine/version.ts";
import { chooseCuts, decidedBars } from "../guards/cuts.ts";
import type { GuardReport } from "../guards/report.ts";
import { type Metrics, type OpenSpan, openSpan } from "../observability/index.ts";
import type { DataProvider } from "../plugin/contract/data-provider.ts";
import type { MetricDescription } from "../plugin/contract/evaluator.ts";
import type { ObjectStorage, StateStorage } from "../plugin/contract/storage.ts";
import type { CompiledPolicy } from "../policy/compile-policy.ts";
import { digest } from "../schema/canonical.ts";
import { type ErrorPlace, isQmtlError, QmtlError } from "../schema/error.ts";
import { allocationWord } from "../world/allocation-word.ts";
import {
  brokerageDigest,
  evaluationConfigDigest,
  instrumentsOf,
  type LoadedEvaluator,
  type WorldConfig,
} from "../world/config.ts";
import { type Decided, decide, outlook } from "../world/decide.ts";
import { participantsOf } from "../world/session.ts";
import { applyDecision } from "../world/shell/apply-host.ts";
import { type OpenWorld, openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { after, type Submission, submissionRecords } from "../world/submission.ts";
import { connectData } from "./connect-data.ts";
import { contenderOf } from "./contender.ts";
import { evaluationKey } from "./evaluation-key.ts";
import type { PluginExecutor, RunOutcome, StrategyExecutor } from "./executor.ts";
import { guardData } from "./guard-data.ts";
import { refuseVoidEvidence } from "./guard-verdict.ts";
import type { InspectedStrategy } from "./inspect.ts";
import { type Judgement, judge } from "./judge.ts";
import { encodeColumns } from "./node-columns.ts";
import { keepNodeTimings, type NodeTiming, nodeTimings, readNodeTimings } from "./node-timings.ts";
import { type OpenedAhead, openAhead } from "./open-ahead.ts";
import { failedResult, type Known, succeededResult } from "./report.ts";
import type { SubmitResult, Violation } from "./result.ts";
import { serveEvaluation } from "./serve-evaluation.ts";
import { encodeRun, type StoredRun, storeDeclared, storeOutcome } from "./stored-run.ts";
import { createTrialReturnsReader } from "./trial-pool.ts";
import type { WorldData } from "./world-data.ts";

export interface SubmitRequest {
  readonly executor: StrategyExecutor;
  /** What the file was made into, for runners to load: kept where the world follows its data. */
  readonly bundle?: () => Promise<Uint8Array>;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Settles a stream that several presets of the world fit. */
  readonly dataPreset?: string;
  /** An instant of knowledge before the world's own: ISO 8601 or epoch milliseconds. */
  readonly asOf?: string | number;
  /** Explicit returns, one simple net return per session: they override the backtest and are evidence `declared`. */
  readonly returns?: ArrayLike<number>;
  /** What the author would like: recorded, never obeyed. */
  readonly requested?: string;
  /** Looks at the strategy before any data is read; what it finds rejects the submission. */
  readonly check?: (strategy: InspectedStrategy) => readonly Violation[];
  /**
   * Ms to wait for runners to answer an apply that the decision leads to. Default: a minute. After that the apply goes on without
   * this process, and the status is `applying`.
   */
  readonly wait?: number;
  /** How to do the same again; shown in the provenance. */
  readonly command: string;
  /** Where the strategy's name is not known yet. */
  readonly label: string;
}

/** A world with everything that it runs on. */
export interface SubmitContext {
  readonly config: WorldConfig;
  readonly compiled: CompiledPolicy;
  readonly evaluators: readonly LoadedEvaluator[];
  /** Of the metrics that the evaluators and the guards give. */
  readonly metricDescriptions: readonly MetricDescription[];
  readonly plugins: PluginExecutor;
  readonly provider: (preset: DataPreset) => { readonly use: string; readonly provider: DataProvider };
  readonly state: StateStorage;
  readonly objects: ObjectStorage;
  readonly metrics: Metrics;
  /** What the world has to share out. */
  readonly capital: Capital;
  /** Ms UTC. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Version of QMTL. */
  readonly qmtl: string;
  /** Called when a phase begins. */
  readonly phase?: (what: string) => void;
  readonly timings?: Readonly<Record<string, number>>;
}

/**
 * The whole loop for one strategy: inspect, connect data, replay, evaluate, decide, apply, allocate. All records of a submission are
 * appended at once, or none is; when the promise resolves they are durable.
 *
 * What the author can mend ends as `rejected`, what the system failed at as `failed`: neither leaves a record.
 *
 * @throws errors of class `usage`: unknown presets, symbols, intervals, params, instants
 */
export async function submit(request: SubmitRequest, context: SubmitContext): Promise<SubmitResult> {
  const known: Partial<Known> = {};
  const span = openSpan("submit", { world: context.config.id, strategy: request.label });
  const phases = phaseSpans(context.phase);
  try {
    const result = await run(request, { ...context, phase: phases.begin }, known);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    if (!isQmtlError(error) || error.class === "usage") throw error;
    return failedResult({ request, context, known, error });
  } finally {
    phases.end();
  }
}

/** A span per phase, beside whoever is told. An empty name ends the last. */
function phaseSpans(told: SubmitContext["phase"]): { begin(what: string): void; end(): void } {
  let open: OpenSpan | undefined;
  const end = (): void => {
    open?.end();
    open = undefined;
  };
  return {
    end,
    begin: (what) => {
      end();
      if (what !== "") open = openSpan("submit-phase", { phase: what });
      told?.(what);
    },
  };
}

async function run(request: SubmitRequest, context: SubmitContext, known: Partial<Known>): Promise<SubmitResult> {
  const phase = context.phase ?? (() => {});

  phase("Inspecting the strategy");
  const inspecting = request.executor.inspect(request.params ?? {});
  const ahead = openAhead(request, context);
  try {
    return await decideOn(await inspecting, ahead, request, context, known);
  } finally {
    await ahead.abandon();
  }
}

async function decideOn(
  inspected: InspectedStrategy,
  ahead: OpenedAhead,
  request: SubmitRequest,
  context: SubmitContext,
  known: Partial<Known>,
): Promise<SubmitResult> {
  const { config, signal, objects } = context;
  const world = config.id;
  const phase = context.phase ?? (() => {});
  known.inspected = inspected;

  const [finding, ...more] = request.check?.(inspected) ?? [];
  if (finding !== undefined)
    throw new QmtlError({
      code: finding.rule,
      message: finding.message,
      place: {
        strategy: inspected.name,
        ...finding.place,
        ...(finding.node !== undefined && { node: finding.node }),
      } as ErrorPlace,
      ...(finding.hint !== undefined && { next: finding.hint }),
      class: "rejected",
      details: more.map(({ rule, message }) => ({ code: rule, message })),
    });

  phase("Connecting data");
  const data = await connectData(request, context, inspected, ahead.datasets);
  known.data = data;

  const journal = openWorld({ storage: context.state, config, clock: context.clock, signal, metrics: context.metrics });
  const head = await journal.load();
  const worldConfig = evaluationConfigDigest(config, context.evaluators);
  const evalKey = evaluationKey(inspected, {
    world,
    dataset:
      request.returns === undefined
        ? data.fingerprint
        : digest("declared/1", [data.fingerprint, ...Array.from(request.returns)]),
    worldConfig,
  });
  known.evalKey = evalKey;
  known.worldConfig = worldConfig;

  const evidence = await evidenceFor(request, context, inspected, data, journal, head, evalKey, known);
  const { stored, cached, timings } = evidence;
  known.stored = stored;
  // Stored while it is judged.
  const storing = storeEvidence(evidence, { request, context, inspected, dataset: data.fingerprint, evalKey });
  storing.catch(() => {});

  phase("Deciding");
  const contender = contenderOf({ inspected, data, run: stored, config, worldConfig, evalKey });
  let judgement: Judgement | undefined;
  let decided: Decided | undefined;
  const now = context.clock();
  const reader = createTrialReturnsReader(objects, signal);
  const committing = journal.commit(async (state, sessions) => {
    judgement = await judge({ ...context, state, contender, reader, now });
    // Nothing is on record that is not stored.
    const kept = await storing;
    const dataset = {
      fingerprint: data.fingerprint,
      commit: data.commit,
      asOf: data.asOf,
      end: data.end,
      pointInTime: data.pointInTime,
    };
    const subject = { evalKey, strategy: inspected.name, version: inspected.version, params: inspected.params };
    const submission: Submission = {
      trial: {
        ...subject,
        trialKey: contender.trialKey,
        origin: "submit",
        dataset,
        brokerage: brokerageDigest(config),
        evidence: stored.evidence,
        statistics: contender.statistics,
        command: request.command,
      },
      evaluation: {
        ...subject,
        dataset,
        engine: ENGINE_VERSION,
        evidence: stored.evidence,
        identity: inspected.identity,
        metrics: judgement.report.metrics,
        checks: judgement.report.checks,
        crossContextHits: 0,
        objects: kept,
      },
      accepted: judgement.accepted,
      ...(request.requested !== undefined && { requested: request.requested }),
    };
    const records = submissionRecords(state, submission, now);
    decided = decide({
      state: after(state, records),
      config,
      outcome: judgement.outcome,
      allocation: judgement.allocation?.shares ?? [],
      ...(judgement.allocation !== undefined && { word: allocationWord(judgement.allocation) }),
      evalKeys: judgement.evalKeys,
      period: data.end,
      asOf: data.asOf,
      now,
      participants: participantsOf(sessions),
    });
    return [...records, ...decided.records];
  });
  const committed = await committing.finally(() => storing.catch(() => {}));
  if (judgement === undefined || decided === undefined)
    throw new QmtlError({
      code: "runner.undecided",
      message: "The world was committed without a decision",
      place: { world },
      class: "failed",
    });
  let { state } = committed;
  const { kind } = outlook(state, config);
  if (kind === "refused") context.metrics.count("apply_refused_total", { world, reason: "cross_context_hit" });
  if (kind === "applying") {
    phase("Applying");
    const patience = request.wait ?? APPLY_WAIT;
    state = await applyDecision({ world: journal, config, patience, clock: context.clock, signal });
  }
  const mine = decided.envelope.versions.find(({ evalKey: judged }) => judged === evalKey);
  for (const reason of mine?.downgrades ?? [])
    context.metrics.count("strategy_compute_context_downgrade_total", { reason });
  phase("");
  return succeededResult({
    request,
    context,
    known: { inspected, data, evalKey, worldConfig, stored },
    judgement,
    decided: { ...decided, apply: outlook(state, config) },
    state,
    committed: committed.entries.length > 0,
    cached,
    nodeTimings: timings,
    now,
  });
}

/** Ms. */
const APPLY_WAIT = 60_000;

interface Evidence {
  readonly stored: StoredRun;
  readonly cached: boolean;
  readonly columns?: RunOutcome["columns"];
  /** Of the run that computed it. */
  readonly timings?: readonly NodeTiming[];
}

interface EvidenceOf {
  readonly request: SubmitRequest;
  readonly context: SubmitContext;
  readonly inspected: InspectedStrategy;
  readonly dataset: string;
  readonly evalKey: string;
}

/** Stores what an evaluation refers to, side by side. @returns the digests, by what they are of */
async function storeEvidence(
  { stored, cached, columns, timings }: Evidence,
  { request, context: { config, objects, signal }, inspected, dataset, evalKey }: EvidenceOf,
): Promise<Readonly<Record<string, string>>> {
  const put = async (bytes: Uint8Array | Promise<Uint8Array>): Promise<string> => objects.put(await bytes, { signal });
  // Runners of the strategy load its bundle when the world moves on to this version.
  const isLoaded = request.bundle !== undefined && config.knowledge.kind === "following";
  const [run, bundle, computed] = await allEnded([
    put(encodeRun(stored)),
    isLoaded ? put(request.bundle()) : undefined,
    columns && put(encodeColumns(columns, inspected.nodes, { world: config.id, dataset })),
    cached || timings === undefined ? undefined : keepNodeTimings(objects, evalKey, timings, signal),
  ]);
  return {
    run,
    ...(computed !== undefined && { columns: computed }),
    ...(bundle !== undefined && { bundle }),
  };
}

/** The run behind an EvalKey: known to the world, declared by the author, or computed now. */
async function evidenceFor(
  request: SubmitRequest,
  context: SubmitContext,
  inspected: InspectedStrategy,
  data: WorldData,
  journal: OpenWorld,
  head: WorldState,
  evalKey: string,
  known: Partial<Known>,
): Promise<Evidence> {
  const { config, objects, signal, phase } = context;
  const asked = { evalKey, version: inspected.version, params: inspected.params, dataset: data.fingerprint };
  const served = await serveEvaluation(journal, head, asked, context);
  if (served !== undefined) {
    const timings = await readNodeTimings(objects, evalKey, signal);
    return { stored: served, cached: true, ...(timings !== undefined && { timings }) };
  }
  const prices = data.panels.get(inspected.priceStream)!;
  if (request.returns !== undefined) {
    const declared = declaredReturns(request.returns);
    return { stored: storeDeclared(declared, requireCalendar(prices.calendar).periodsPerYear("1d")), cached: false };
  }
  phase?.("Replaying history");
  const outcome = await request.executor.run({
    panels: data.panels,
    instruments: instrumentsOf(config.presets),
    brokerage: config.brokerage,
    equity: config.account.equity,
    keepColumns: isWorthKeeping(config, data),
    rates: data.rates,
  });
  const first = outcome.result.firstDecision;
  if (first === undefined)
    throw new QmtlError({
      code: "runner.no-decision",
      message: `"${inspected.name}" never decided on ${data.streams.map(({ bars, preset }) => `${bars} bars of ${preset}`).join(", ")}: its inputs did not warm up`,
      place: { world: config.id, strategy: inspected.name },
      next: `Shorten its windows, or give it more history than up to ${isoText(data.asOf)}.`,
      class: "rejected",
    });
  phase?.("Guarding against look-ahead");
  const cuts = chooseCuts(decidedBars(prices, first), data.commit);
  const ran = await request.executor.guard(cuts);
  const found = await guardData({ inspected, data, cuts, provider: context.provider, objects, signal });
  const guards: GuardReport = { ...ran, pointInTime: data.pointInTime, findings: [...found, ...ran.findings] };
  known.guards = guards;
  refuseVoidEvidence(guards, { world: config.id, strategy: inspected.name });
  const { columns } = outcome;
  const timings = nodeTimings(outcome, inspected.nodes);
  return {
    stored: storeOutcome(outcome, prices, guards),
    cached: false,
    ...(columns !== undefined && columns.size > 0 && { columns }),
    ...(timings !== undefined && { timings }),
  };
}

/** Rows above which computing is the lesser evil. */
const MOST_ROWS = 1_000_000;

/** Only where a runner may begin with what a submission has computed: in worlds that follow their data. */
function isWorthKeeping({ knowledge }: SubmitContext["config"], { panels }: WorldData): boolean {
  const rows = [...panels.values()].reduce(
    (sum, { series }) => sum + series.reduce((of, { stamps }) => of + stamps.length, 0),
    0,
  );
  return knowledge.kind === "following" && rows <= MOST_ROWS;
}

import { isoText } from "../data/iso.ts";
import { ENGINE_VERSION } from "../engine/version.ts";
import type { EvaluationReport, EvaluationTask } from "../evaluation/evaluate.ts";
import type { Figure, MetricDescription } from "../plugin/contract/evaluator.ts";
import { digest } from "../schema/canonical.ts";
import { isQmtlError, QmtlError, type QmtlErrorJson } from "../schema/error.ts";
import { evaluationConfigDigest, instrumentsOf } from "../world/config.ts";
import { trialsFor } from "../world/ledger.ts";
import { type OpenWorld, openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { connectData } from "./connect-data.ts";
import { contenderOf } from "./contender.ts";
import type { RunJob, StrategyExecutor } from "./executor.ts";
import { type Contender, taskOf } from "./judge.ts";
import { recordTrials } from "./record-trials.ts";
import { figureJson } from "./report.ts";
import type { SubmitResult } from "./result.ts";
import type { JudgedRun } from "./stored-run.ts";
import type { SubmitContext } from "./submit.ts";
import type { SweepOutcome, SweepParams, SweepVariant } from "./sweep-room.ts";
import { createTrialReturnsReader, readTrialPools } from "./trial-pool.ts";
import type { WorldData } from "./world-data.ts";

/** A room of its own for the author's code; a sweep keeps several busy. */
export interface SweepExecutor extends Pick<StrategyExecutor, "inspect"> {
  inspectAll(all: readonly SweepParams[]): Promise<readonly SweepVariant[]>;
  load(job: RunJob): Promise<void>;
  runAll(all: readonly SweepParams[]): Promise<readonly SweepOutcome[]>;
}

export interface SweepAxis {
  readonly name: string;
  readonly values: readonly (number | string)[];
}

export interface SweepRequest {
  /** At least one. The rows do not depend on how many there are. */
  readonly executors: readonly SweepExecutor[];
  /** Every combination of their values is tried; the last axis changes fastest. */
  readonly axes: readonly SweepAxis[];
  /** Params that stay. */
  readonly params?: SweepParams;
  readonly dataPreset?: string;
  readonly asOf?: string | number;
  /** The metric that sorts the rows. Default `sharpe`. */
  readonly sort?: string;
  /** Rows that get the figures that depend on the ledger as well. Default 20. */
  readonly top?: number;
  /** Go on with more than {@link MOST_UNCONFIRMED} combinations. */
  readonly confirmed?: boolean;
  /** Ends the sweep between batches. */
  readonly cancel?: AbortSignal;
  readonly command: string;
  readonly onProgress?: (done: number, of: number) => void;
}

export type FigureJson = SubmitResult["metrics"][string];

export interface SweepRow {
  readonly params: SweepParams;
  readonly evalKey: string | null;
  readonly metrics: Readonly<Record<string, FigureJson>>;
  /** Why this combination could not be tried. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export interface SweepResult {
  readonly schema: "qmtl.sweep-result/1";
  readonly status: "complete" | "cancelled";
  readonly strategy: string;
  readonly world: string;
  readonly version: string;
  readonly axes: readonly SweepAxis[];
  readonly combinations: number;
  /** Combinations that were tried, now or before. */
  readonly done: number;
  /** Of these, taken from an earlier run of the same sweep. */
  readonly resumed: number;
  /** Combinations that could not be tried. */
  readonly problems: number;
  readonly sort: { readonly metric: string; readonly better: "higher" | "lower" };
  /** Best first; those without the figure, then those with a problem, in the order of the grid. */
  readonly rows: readonly SweepRow[];
  /** The first rows have every figure; the others lack those that depend on the ledger. */
  readonly top: number;
  /** Trials in the world's ledger afterwards. */
  readonly trials: number;
  readonly dataset: NonNullable<SubmitResult["dataset"]>;
  readonly provenance: { readonly engine: string; readonly worldConfig: string; readonly command: string };
  readonly timings: Readonly<Record<string, number>>;
}

/** Combinations that are tried without asking. */
export const MOST_UNCONFIRMED = 10_000;

/** Most combinations that are replayed side by side and recorded at once: what a crash can cost. */
const MOST_AT_ONCE = 64;
const FEWEST_AT_ONCE = 4;

/** Combinations of a grid that are replayed and recorded together. */
interface Batch {
  readonly first: number;
  readonly count: number;
}

/**
 * The batches of a grid: an eighth of what is left each, so that the last ones are small and workers end together. They follow from the grid
 * alone, so that a sweep goes on with any number of workers.
 */
function batchesOf(combinations: number): readonly Batch[] {
  const batches: Batch[] = [];
  for (let first = 0; first < combinations; ) {
    const left = combinations - first;
    const count = Math.min(left, MOST_AT_ONCE, Math.max(FEWEST_AT_ONCE, Math.ceil(left / 8)));
    batches.push({ first, count });
    first += count;
  }
  return batches;
}

/** The rows of a batch as they are stored, so that a sweep can go on where it ended. */
interface StoredRow {
  readonly params: SweepParams;
  readonly evalKey: string | null;
  readonly metrics: Readonly<Record<string, FigureJson>>;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/**
 * Tries every combination of a grid on the world's data. Each is a trial of the world's ledger and none is a candidate. A batch is
 * recorded before it counts as done, so a sweep that was ended goes on when it is called again; rows do not depend on the number of
 * executors, nor on how often it was ended.
 *
 * @throws errors of class `usage`: unknown params, values outside their range, an unknown metric; `sweep.too-many` with an estimate
 */
export async function sweep(request: SweepRequest, context: SubmitContext): Promise<SweepResult> {
  const { executors, axes, params: fixed = {}, top = 20, cancel } = request;
  const { config, objects, signal, clock } = context;
  const phase = context.phase ?? (() => {});
  const metric = sortMetric(request.sort ?? "sharpe", context.metricDescriptions);
  const combinations = axes.reduce((count, { values }) => count * values.length, 1);
  const at = (index: number): SweepParams => ({ ...fixed, ...combination(axes, index) });

  phase("Inspecting the strategy");
  const [first] = executors as readonly [SweepExecutor, ...SweepExecutor[]];
  // What does not fit a param's range is refused before anything is tried.
  for (const params of corners(axes)) await first.inspect({ ...fixed, ...params }).catch(unlessUsage);
  const sound = await firstSound(first, at, combinations);
  const inspected = await first.inspect(sound);
  phase("Connecting data");
  const data = await connectData(request, context, inspected);
  const journal = openWorld({ storage: context.state, config, clock, signal });
  const worldConfig = evaluationConfigDigest(config, context.evaluators);
  const job: RunJob = {
    panels: data.panels,
    instruments: instrumentsOf(config.presets),
    brokerage: config.brokerage,
    equity: config.account.equity,
    rates: data.rates,
  };
  await Promise.all(
    executors.map(async (executor) => {
      if (executor !== first) await executor.inspect(sound);
      await executor.load(job);
    }),
  );
  const [variant] = await first.inspectAll([sound]);
  const streams = variant?.kind === "variant" ? variant.streams : "";
  if (combinations > MOST_UNCONFIRMED && request.confirmed !== true)
    throw await tooMany(request, context, combinations, at);

  const run: SweepRun = { request, context, data, journal, worldConfig, streams, inspected, at };
  const folder = `sweep/${sweepId(run)}`;
  phase(`Trying ${combinations} combinations`);
  const batches = batchesOf(combinations);
  const rows: (readonly StoredRow[] | undefined)[] = new Array(batches.length);
  let next = 0;
  let done = 0;
  let resumed = 0;
  const keepBusy = async (executor: SweepExecutor): Promise<void> => {
    while (next < batches.length && cancel?.aborted !== true) {
      const batch = next++;
      const known = await objects.ref(`${folder}/${batch}`, { signal });
      const bytes = known === undefined ? undefined : await objects.get(known, { signal });
      const found = bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as StoredRow[]);
      if (found !== undefined) resumed += found.length;
      rows[batch] = found ?? (await tryBatch(run, executor, `${folder}/${batch}`, batches[batch]!));
      done += rows[batch]!.length;
      request.onProgress?.(done, combinations);
    }
  };
  await Promise.all(executors.map(keepBusy));
  const all = sorted(
    rows.flatMap((batch) => batch ?? []),
    metric,
  );
  const state = await journal.load();
  const cancelled = rows.includes(undefined);
  if (!cancelled) phase(`Weighing the best against ${state.trials.size} trials`);
  const best = cancelled ? [] : await weigh(run, first, all.slice(0, top), state);
  phase("");
  return {
    schema: "qmtl.sweep-result/1",
    status: cancelled ? "cancelled" : "complete",
    strategy: inspected.name,
    world: config.id,
    version: inspected.version,
    axes,
    combinations,
    done: all.length,
    resumed,
    problems: all.filter(({ problem }) => problem !== null).length,
    sort: metric,
    rows: [...best, ...all.slice(best.length)],
    top: best.length,
    trials: state.trials.size,
    dataset: {
      commit: data.commit,
      fingerprint: data.fingerprint,
      asOf: isoText(data.asOf),
      pointInTime: data.pointInTime,
      streams: data.streams,
    },
    provenance: { engine: ENGINE_VERSION, worldConfig, command: request.command },
    timings: { ...context.timings },
  };
}

interface SweepRun {
  readonly request: SweepRequest;
  readonly context: SubmitContext;
  readonly data: WorldData;
  readonly journal: OpenWorld;
  readonly worldConfig: string;
  readonly streams: string;
  readonly inspected: Awaited<ReturnType<SweepExecutor["inspect"]>>;
  readonly at: (index: number) => SweepParams;
}

/** Replays, evaluates and records one batch. */
async function tryBatch(
  run: SweepRun,
  executor: SweepExecutor,
  ref: string,
  { first, count }: Batch,
): Promise<readonly StoredRow[]> {
  const { context, journal, data, at } = run;
  const { objects, signal } = context;
  const all = Array.from({ length: count }, (_, k) => at(first + k));
  const tried = await tryAll(run, executor, all);
  const contenders = tried.flatMap(({ contender }) => contender ?? []);
  const reports = await evaluateAlone(run, contenders);
  const rows = tried.map(({ params, contender, problem }): StoredRow => {
    if (contender === undefined) return { params, evalKey: null, metrics: {}, problem: problem ?? null };
    const report = reports[contenders.indexOf(contender)] as EvaluationReport;
    return { params, evalKey: contender.evalKey, metrics: ownFigures(report, context), problem: null };
  });
  const stored = await objects.put(new TextEncoder().encode(JSON.stringify(rows)), { signal });
  await recordTrials({ contenders, origin: "sweep", data }, journal, context);
  // Last: a batch that has its reference is in the ledger.
  await objects.putIfAbsent(ref, stored, { signal });
  return rows;
}

interface Tried {
  readonly params: SweepParams;
  readonly contender?: Contender;
  readonly problem?: { readonly code: string; readonly message: string };
}

async function tryAll(run: SweepRun, executor: SweepExecutor, all: readonly SweepParams[]): Promise<readonly Tried[]> {
  const variants = await executor.inspectAll(all);
  const sound = variants.flatMap((variant, k) => (problemOf(run, variant) === undefined ? [k] : []));
  const outcomes = await executor.runAll(sound.map((k) => all[k]!));
  return variants.map((variant, k): Tried => {
    const params = all[k]!;
    const found = problemOf(run, variant);
    if (found !== undefined || variant.kind === "problem") return { params, problem: found! };
    const outcome = outcomes[sound.indexOf(k)] as SweepOutcome;
    if (outcome.kind === "problem") return { params, problem: shortOf(outcome.error) };
    return { params, contender: triedVariant(run, variant, outcome.run) };
  });
}

function problemOf({ streams }: SweepRun, variant: SweepVariant): Tried["problem"] {
  if (variant.kind === "problem") return shortOf(variant.error);
  if (variant.streams === streams) return undefined;
  return {
    code: "sweep.other-streams",
    message: "It reads other streams than the first combination: submit it by itself",
  };
}

function shortOf({ code, message }: QmtlErrorJson): { readonly code: string; readonly message: string } {
  return { code, message };
}

function triedVariant(
  { context, data, worldConfig, inspected }: SweepRun,
  variant: Extract<SweepVariant, { kind: "variant" }>,
  run: JudgedRun,
): Contender {
  const { name, schemas } = inspected;
  return contenderOf({ inspected: { ...variant, name, schemas }, data, run, config: context.config, worldConfig });
}

/** As if each were the only trial there is: what depends on the others is left out by {@link ownFigures}. */
function evaluateAlone({ context }: SweepRun, contenders: readonly Contender[]): Promise<readonly EvaluationReport[]> {
  const tasks = contenders.map(
    (contender): EvaluationTask => taskOf(contender, {}, [contender.statistics], context.config.policy.minPeriods),
  );
  return context.plugins.evaluate(usesOf(context), tasks);
}

function ownFigures({ metrics }: EvaluationReport, { metricDescriptions }: SubmitContext): StoredRow["metrics"] {
  const own = metricDescriptions.filter(({ ledger }) => ledger !== true);
  return Object.fromEntries(
    own.flatMap(({ name }) => (name in metrics ? [[name, figureJson(metrics[name] as Figure)]] : [])),
  );
}

/** The best rows again, against the ledger as it is now: with every figure. */
async function weigh(
  run: SweepRun,
  executor: SweepExecutor,
  rows: readonly SweepRow[],
  state: WorldState,
): Promise<readonly SweepRow[]> {
  const { context } = run;
  const sound = rows.filter(({ problem }) => problem === null);
  if (sound.length === 0) return [];
  const tried = await tryAll(
    run,
    executor,
    sound.map(({ params }) => params),
  );
  const contenders = tried.flatMap(({ contender }) => contender ?? []);
  const scopes = [...new Set(context.evaluators.flatMap(({ needs }) => needs?.trialReturns ?? []))];
  const reader = createTrialReturnsReader(context.objects, context.signal);
  const weighed: SweepRow[] = [];
  for (const [k, contender] of contenders.entries()) {
    const [pools] = await readTrialPools({ state, contender, judged: [contender], scopes, reader });
    const task = taskOf(contender, pools ?? {}, trialsFor(state, contender), context.config.policy.minPeriods);
    const [report] = await context.plugins.evaluate(usesOf(context), [task]);
    const metrics = Object.entries(report!.metrics).map(([name, figure]) => [name, figureJson(figure)] as const);
    weighed.push({ ...sound[k]!, metrics: Object.fromEntries(metrics) });
  }
  return weighed;
}

function usesOf({ config }: SubmitContext): readonly string[] {
  return config.evaluators.map(({ use }) => use);
}

/** What makes two calls the same sweep, whose batches can stand for each other. */
function sweepId({ request, data, worldConfig, inspected }: SweepRun): string {
  const { axes, params = {} } = request;
  return digest("sweep/2", {
    version: inspected.version,
    params: { ...params },
    axes: axes.map(({ name, values }) => [name, [...values]]),
    dataset: data.fingerprint,
    worldConfig,
    engine: ENGINE_VERSION,
  });
}

function combination(axes: readonly SweepAxis[], index: number): SweepParams {
  let rest = index;
  const params: Record<string, number | string> = {};
  for (const { name, values } of axes.toReversed()) {
    params[name] = values[rest % values.length]!;
    rest = Math.floor(rest / values.length);
  }
  return params;
}

/** The ends of every axis, the others at their first value. */
function corners(axes: readonly SweepAxis[]): readonly SweepParams[] {
  const start = combination(axes, 0);
  return axes.flatMap(({ name, values }) => [values[0]!, values.at(-1)!].map((value) => ({ ...start, [name]: value })));
}

/** A combination that the strategy rejects is a row; one that the strategy does not know is a mistake of the caller. */
function unlessUsage(error: unknown): undefined {
  if (!isQmtlError(error) || error.class !== "rejected") throw error;
  return undefined;
}

/** The first combination that the strategy accepts: it says which data all of them read. @throws what refuses the first, where all are refused */
async function firstSound(
  executor: SweepExecutor,
  at: (index: number) => SweepParams,
  combinations: number,
): Promise<SweepParams> {
  for (let from = 0; from < combinations; from += MOST_AT_ONCE) {
    const some = Array.from({ length: Math.min(MOST_AT_ONCE, combinations - from) }, (_, k) => at(from + k));
    const found = (await executor.inspectAll(some)).findIndex(({ kind }) => kind === "variant");
    if (found >= 0) return some[found]!;
  }
  return at(0);
}

function sortMetric(
  name: string,
  descriptions: readonly MetricDescription[],
): { readonly metric: string; readonly better: "higher" | "lower" } {
  const found = descriptions.find((one) => one.name === name);
  const sortable = descriptions.filter(({ better, ledger }) => better !== "neither" && ledger !== true);
  if (found === undefined || found.better === "neither" || found.ledger === true)
    throw new QmtlError({
      code: "sweep.unknown-metric",
      message:
        found === undefined
          ? `The world's evaluators give no metric "${name}"`
          : found.ledger === true
            ? `${name} depends on the other trials, and changes with every one of them`
            : `Of ${name} neither more nor less is better`,
      next: `Sort by one of ${sortable.map((one) => one.name).join(", ")}.`,
    });
  return { metric: name, better: found.better };
}

function sorted(rows: readonly StoredRow[], { metric, better }: SweepResult["sort"]): readonly SweepRow[] {
  const sign = better === "higher" ? -1 : 1;
  const rank = ({ metrics, problem }: StoredRow): number => {
    const figure = metrics[metric];
    return problem !== null ? 2 : typeof figure === "number" ? 0 : 1;
  };
  // Sorting is stable: rows of equal figures stay in the order of the grid.
  return rows.toSorted(
    (a, b) =>
      rank(a) - rank(b) || (rank(a) === 0 ? sign * ((a.metrics[metric] as number) - (b.metrics[metric] as number)) : 0),
  );
}

async function tooMany(
  { executors }: SweepRequest,
  { clock, config }: SubmitContext,
  combinations: number,
  at: (index: number) => SweepParams,
): Promise<QmtlError> {
  const few = Array.from({ length: 8 }, (_, k) => at(Math.floor((k * combinations) / 8)));
  const since = clock();
  await executors[0]!.runAll(few);
  const minutes = (((clock() - since) / few.length) * combinations) / executors.length / 60_000;
  const long = minutes < 90 ? `${Math.max(1, Math.round(minutes))} minutes` : `${Math.round(minutes / 60)} hours`;
  return new QmtlError({
    code: "sweep.too-many",
    message: `${combinations} combinations take about ${long}, and each counts as a trial against every later result`,
    place: { world: config.id },
    next: `Widen the steps to at most ${MOST_UNCONFIRMED} combinations, or confirm with --confirm.`,
  });
}

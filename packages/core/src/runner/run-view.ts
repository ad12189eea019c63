import { GUARD_METRICS } from "../guards/report.ts";
import type { Figure, MetricDescription, Verdict } from "../plugin/contract/evaluator.ts";
import { parseExpression } from "../policy/expression.ts";
import type { Exclusion } from "../policy/policy.ts";
import { reckon } from "../policy/reckon.ts";
import { type Comparison, comparisons } from "../policy/shortfall.ts";
import { QmtlError } from "../schema/error.ts";
import { ledger } from "../world/ledger.ts";
import type { DatasetRef, EvaluationRecord, Identity, JournalEntry, Params, VersionDecision } from "../world/record.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { emptyState, fold } from "../world/state.ts";
import type { LoadedWorld } from "./load-world.ts";
import { guardsJson } from "./report.ts";
import type { SubmitResult } from "./result.ts";
import { decodeRun, type StoredRun } from "./stored-run.ts";

/** An evaluation by name. */
export interface RunName {
  readonly world: string;
  readonly strategy: string;
  readonly evalKey: string;
  readonly version: string;
}

/** One gate of a decision with what it compared. */
export interface GateView {
  readonly name: string;
  readonly expression: string;
  readonly passed: boolean;
  readonly because?: string;
  /** Empty where the figures that it was decided on are not known any more, or it compares nothing so simple. */
  readonly comparisons: readonly Comparison[];
}

/** The newest decision that judged an evaluation. */
export interface RunDecision
  extends Pick<VersionDecision, "verdict" | "rank" | "score" | "share" | "mode" | "reason" | "notes"> {
  readonly revision: number;
  readonly gates: readonly GateView[];
  readonly exclusions: readonly Exclusion[];
}

/** Everything that is kept of one evaluation. Plain data. */
export interface RunView extends RunName {
  readonly params: Params;
  readonly evidence: "backtest" | "declared";
  readonly identity: Identity;
  readonly engine: string;
  readonly dataset: DatasetRef;
  /** Account currency. */
  readonly currency: string;
  /** With its description, where an evaluator of the world or a guard gives it. In their order. */
  readonly metrics: readonly {
    readonly name: string;
    readonly figure: Figure;
    readonly description?: MetricDescription;
  }[];
  readonly checks: Readonly<Record<string, Verdict>>;
  /** As a submission's result says it; `null` for returns that were declared. */
  readonly guards: SubmitResult["guards"];
  readonly decision?: RunDecision;
  /** In the world's ledger. */
  readonly trials: number;
  /** What was typed for it. */
  readonly command?: string;
  readonly run: StoredRun;
}

type Loaded = Pick<LoadedWorld, "config" | "state" | "objects" | "host">;

interface ViewOptions {
  /** Ms UTC. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** The evaluations of a world, oldest first. */
export async function listRuns({ config, state }: Loaded, options: ViewOptions): Promise<readonly RunName[]> {
  const journal = await openWorld({ storage: state, config, ...options }).load();
  return [...journal.evaluations.values()].map(({ strategy, evalKey, version }) => ({
    world: config.id,
    strategy,
    evalKey,
    version,
  }));
}

/** One evaluation in a list. */
export interface RunSummary extends RunName {
  /** Ms UTC. */
  readonly at: number;
  readonly params: Params;
  /** `null` where it is undefined, or no evaluator of the world gives it. */
  readonly sharpe: number | null;
  readonly maxDrawdown: number | null;
}

/** The evaluations of a world with their main figures, oldest first. */
export async function listRunSummaries(
  { config, state }: Loaded,
  options: ViewOptions,
): Promise<readonly RunSummary[]> {
  const journal = await openWorld({ storage: state, config, ...options }).load();
  return [...journal.evaluations.values()].map(({ strategy, evalKey, version, at, params, metrics }) => {
    const figure = (name: string): number | null => {
      const found = metrics[name];
      return found?.kind === "value" ? found.value : null;
    };
    const main = { sharpe: figure("sharpe"), maxDrawdown: figure("max_drawdown") };
    return { world: config.id, strategy, evalKey, version, at, params, ...main };
  });
}

/**
 * What is kept of one evaluation of a world. It writes nothing, and nothing is computed anew.
 *
 * @throws `runner.unknown-run`, `runner.lost-run` when its stored run is gone, `runner.unreadable-run` for another format
 */
export async function readRun(loaded: Loaded, evalKey: string, options: ViewOptions): Promise<RunView> {
  const { config, state: storage, objects } = loaded;
  const world = config.id;
  const entries = await openWorld({ storage, config, ...options }).entries();
  const state = fold(emptyState(world), entries);
  const evaluation = state.evaluations.get(evalKey);
  if (evaluation === undefined)
    throw new QmtlError({
      code: "runner.unknown-run",
      message: `World "${world}" has no evaluation ${evalKey.slice(0, 16)}`,
      place: { world },
      next: `See what it has: qmtl world status ${world}.`,
    });
  const { strategy, version, params, evidence, identity, engine, dataset, checks } = evaluation;
  const digest = evaluation.objects["run"];
  const bytes = digest === undefined ? undefined : await objects.get(digest, { signal: options.signal });
  if (bytes === undefined)
    throw new QmtlError({
      code: "runner.lost-run",
      message: `The stored run ${evalKey.slice(0, 16)} of ${strategy} is gone`,
      place: { world, strategy },
      next: `Submit ${strategy} again: it is computed anew.`,
      class: "failed",
    });
  const run = decodeRun(bytes, evalKey);
  const decision = decisionOn(evaluation, entries);
  const command = state.trials.get(evalKey)?.command;
  return {
    world,
    strategy,
    evalKey,
    version,
    params,
    evidence,
    identity,
    engine,
    dataset,
    currency: config.account.currency,
    metrics: metricsOf(loaded, evaluation),
    checks,
    guards: run.guards === null ? null : guardsJson(run.guards),
    ...(decision !== undefined && { decision }),
    trials: ledger(state).length,
    ...(command !== undefined && { command }),
    run,
  };
}

/** Figures in the order in which the evaluators describe them; what nobody describes any more comes last. */
function metricsOf({ config, host }: Loaded, { metrics }: EvaluationRecord): RunView["metrics"] {
  const described = [
    ...config.evaluators.flatMap(({ use }) => host.get("evaluator", use, { world: config.id }).metrics),
    ...GUARD_METRICS,
  ];
  const known = new Set(described.map(({ name }) => name));
  return [
    ...described.flatMap((description) => {
      const figure = metrics[description.name];
      return figure === undefined ? [] : [{ name: description.name, figure, description }];
    }),
    ...Object.entries(metrics).flatMap(([name, figure]) => (known.has(name) ? [] : [{ name, figure }])),
  ];
}

function decisionOn(evaluation: EvaluationRecord, entries: readonly JournalEntry[]): RunDecision | undefined {
  for (const { revision, record } of entries.toReversed()) {
    if (record.kind !== "decision") continue;
    const found = record.envelope.versions.find(({ evalKey }) => evalKey === evaluation.evalKey);
    if (found === undefined) continue;
    const { verdict, rank, score, share, mode, reason, notes, gates, exclusions } = found;
    return {
      revision,
      verdict,
      ...(rank !== undefined && { rank }),
      ...(score !== undefined && { score }),
      share,
      mode,
      reason,
      notes,
      gates: gates.map((gate) => ({ ...gate, comparisons: comparedBy(gate, exclusions, evaluation) })),
      exclusions,
    };
  }
  return undefined;
}

/** Figures that depend on the ledger may have moved between evaluation and decision: where they contradict it, none are shown. */
function comparedBy(
  { name, expression: text, passed }: VersionDecision["gates"][number],
  exclusions: readonly Exclusion[],
  { metrics }: EvaluationRecord,
): readonly Comparison[] {
  const parsed = parseExpression(text, "condition", new Set(Object.keys(metrics)));
  if (parsed.kind === "faulty") return [];
  const values = new Map(
    Object.entries(metrics).flatMap(([metric, figure]): [string, number][] =>
      figure.kind === "value" ? [[metric, figure.value]] : [],
    ),
  );
  for (const { stage, rule, metric, value } of exclusions)
    if (stage === "gates" && rule === name && metric !== undefined && value !== undefined) values.set(metric, value);
  return reckon(parsed.expression, values) === passed ? comparisons(parsed.expression, values) : [];
}

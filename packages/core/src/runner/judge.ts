import { contribution } from "../evaluation/contribution.ts";
import type { EvaluationReport, EvaluationTask } from "../evaluation/evaluate.ts";
import type { TrialPools } from "../evaluation/trial-returns.ts";
import { summarizeGuards } from "../guards/report.ts";
import type { AllocationExplanation } from "../plugin/contract/allocator.ts";
import type { Figure, TrialStatistics } from "../plugin/contract/evaluator.ts";
import type { ObjectStorage } from "../plugin/contract/storage.ts";
import { applyPolicy } from "../policy/apply-policy.ts";
import type { CompiledPolicy } from "../policy/compile-policy.ts";
import type { PolicyCandidate, PolicyOutcome, PolicyVerdict } from "../policy/policy.ts";
import { QmtlError } from "../schema/error.ts";
import { lastRealised } from "../world/campaign/realised.ts";
import type { LoadedEvaluator, WorldConfig } from "../world/config.ts";
import { trialsFor } from "../world/ledger.ts";
import { hysteresisOf, type WorldState } from "../world/state.ts";
import { isAccepted } from "../world/submission.ts";
import { allocationInput } from "./allocation-input.ts";
import type { PluginExecutor } from "./executor.ts";
import { decodeRun, type JudgedRun } from "./stored-run.ts";
import { readTrialPools, type TrialReturnsReader } from "./trial-pool.ts";

/** A version to judge: what the world will know of it. */
export interface Contender {
  readonly strategy: string;
  readonly version: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly evalKey: string;
  readonly trialKey: string;
  readonly statistics: TrialStatistics;
  /** End of the data it was evaluated on, ms UTC. */
  readonly dataEnd: number;
  readonly run: JudgedRun;
}

export interface JudgeOptions {
  /** The head, without the contender's own records. */
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly compiled: CompiledPolicy;
  readonly contender: Contender;
  readonly evaluators: readonly LoadedEvaluator[];
  readonly plugins: PluginExecutor;
  readonly objects: ObjectStorage;
  readonly reader: TrialReturnsReader;
  readonly signal: AbortSignal;
  /** Ms UTC. */
  readonly now: number;
  /** The evaluation period that is decided on, ms UTC. Default: the end of the contender's data. */
  readonly period?: number;
}

/** The world's judgement of a contender among its candidates. */
export interface Judgement {
  /** The contender may compete from now on. */
  readonly accepted: boolean;
  readonly verdict: PolicyVerdict;
  /** The same policy on the contender alone. */
  readonly precheck: PolicyVerdict;
  readonly report: EvaluationReport;
  /** Over the candidates as they will be, and over the contender when it is not one of them. */
  readonly outcome: PolicyOutcome;
  /** In the order of the outcome's verdicts. */
  readonly evalKeys: readonly string[];
  /** Absent where nobody was selected. */
  readonly allocation: AllocationExplanation | undefined;
  readonly contribution: Figure | undefined;
}

/**
 * Evaluates every candidate against the ledger as it will be, applies the policy, and allocates. It writes nothing: on a newer head
 * it is done again from the same evidence.
 */
export async function judge(options: JudgeOptions): Promise<Judgement> {
  const { state, config, compiled, contender, evaluators, plugins, reader, now } = options;
  const others = (await contendersOf(options)).filter(({ evalKey }) => evalKey !== contender.evalKey);
  const all = [...others.filter(({ strategy }) => strategy !== contender.strategy), contender];
  const incumbent = others.find(({ strategy }) => strategy === contender.strategy);
  const judged = incumbent === undefined ? all : [...all, incumbent];
  const scopes = [...new Set(evaluators.flatMap(({ needs }) => needs?.trialReturns ?? []))];
  const pools = await readTrialPools({ state, contender, judged, scopes, reader });
  const uses = config.evaluators.map(({ use }) => use);
  // The contender's own trial counts for everybody: the ledger is that of the decision.
  const trials = trialsFor(state, contender);
  const reports: EvaluationReport[] = [];
  // One at a time: the returns of many trials for every candidate at once would be more than an isolate may hold.
  for (const [i, one] of judged.entries()) {
    const task = taskOf(one, pools[i] as TrialPools, trials, config.policy.minPeriods);
    const [report] = await plugins.evaluate(uses, [task]);
    reports.push(withGuards(report as EvaluationReport, one.run.guards));
  }
  const candidates = judged.map((one, i) => candidateOf(state, one, reports[i] as EvaluationReport));
  const { period = contender.dataEnd } = options;
  const lastPeriod = state.decision?.envelope.period;
  const decideOn = (among: readonly PolicyCandidate[], hysteresis: ReturnType<typeof hysteresisOf>): PolicyOutcome =>
    applyPolicy({ policy: config.policy, candidates: among, hysteresis, period, lastPeriod, now }, compiled);
  const self = all.length - 1;
  const first = decideOn(candidates.slice(0, all.length), hysteresisOf(state));
  const verdict = first.verdicts[self] as PolicyVerdict;
  const accepted = isAccepted(state, contender, verdict);
  let outcome = first;
  let members = all;
  if (!accepted) {
    // It does not take its predecessor's place: the world decides without it, and says why.
    members = incumbent === undefined ? all.slice(0, self) : [...all.slice(0, self), incumbent];
    const among =
      incumbent === undefined
        ? candidates.slice(0, self)
        : [...candidates.slice(0, self), candidates.at(-1) as PolicyCandidate];
    const without = decideOn(among, hysteresisOf(state));
    outcome = { ...without, verdicts: [...without.verdicts, verdict] };
  }
  const allocation = await allocate(options, outcome, members);
  return {
    accepted,
    verdict,
    precheck: decideOn([candidates[self] as PolicyCandidate], {}).verdicts[0] as PolicyVerdict,
    report: reports[self] as EvaluationReport,
    outcome,
    evalKeys: [...members.map(({ evalKey }) => evalKey), ...(accepted ? [] : [contender.evalKey])],
    allocation,
    contribution: contributionOf(contender, outcome, members),
  };
}

/** The world's candidates as their records and stored runs have them. @throws `runner.lost-run` */
export async function contendersOf({
  state,
  objects,
  signal,
}: Pick<JudgeOptions, "state" | "objects" | "signal">): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  for (const { strategy, version, evalKey } of state.candidates.values()) {
    const evaluation = state.evaluations.get(evalKey);
    const trial = state.trials.get(evalKey);
    const digest = evaluation?.objects["run"];
    const bytes = digest === undefined ? undefined : await objects.get(digest, { signal });
    if (evaluation === undefined || trial === undefined || bytes === undefined)
      throw new QmtlError({
        code: "runner.lost-run",
        message: `The stored run of the candidate ${strategy} is gone`,
        place: { world: state.world, strategy },
        next: `Submit ${strategy} again: it is computed anew.`,
        class: "failed",
      });
    contenders.push({
      strategy,
      version,
      params: evaluation.params,
      evalKey,
      trialKey: trial.trialKey,
      statistics: trial.statistics,
      dataEnd: evaluation.dataset.end,
      run: decodeRun(bytes, evalKey),
    });
  }
  return contenders;
}

/** What the guards of a run say counts like an evaluator's word. */
function withGuards(report: EvaluationReport, guards: JudgedRun["guards"]): EvaluationReport {
  const { metrics, checks, inconclusive } = summarizeGuards(guards ?? undefined);
  return {
    metrics: { ...report.metrics, ...metrics },
    checks: { ...report.checks, ...checks },
    inconclusive: [...report.inconclusive, ...inconclusive],
  };
}

const NO_VALUE = Number.NaN;

/** @param trials the ledger that deflates, the run's own trial among it */
export function taskOf(
  { run, evalKey }: Contender,
  trialPools: TrialPools,
  trials: readonly TrialStatistics[],
  minTrialPeriods: number,
): EvaluationTask {
  return {
    times: floats(run.times),
    equity: floats(run.equity),
    returns: floats(run.returns),
    exposure: floats(run.exposure),
    turnover: run.turnover ?? NO_VALUE,
    trades: run.trades,
    periodsPerYear: run.periodsPerYear,
    trials,
    self: evalKey,
    minTrialPeriods,
    evidence: run.evidence,
    trialPools,
  };
}

function candidateOf(
  state: WorldState,
  { strategy, version, params, run, dataEnd }: Contender,
  { metrics, inconclusive }: EvaluationReport,
): PolicyCandidate {
  return {
    strategy,
    version,
    metrics,
    times: floats(run.times),
    returns: floats(run.returns),
    evidence: run.evidence,
    // A runner that follows the feeds carries the evidence on.
    dataEnd: Math.max(dataEnd, lastRealised(state.realised, { strategy, version, params })),
    inconclusive,
  };
}

/** JSON has no NaN: what holds no value is stored as null. */
function floats(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? NO_VALUE);
}

async function allocate(
  { state, config, plugins }: JudgeOptions,
  { selected, verdicts }: PolicyOutcome,
  members: readonly Contender[],
): Promise<AllocationExplanation | undefined> {
  if (selected.length === 0) return undefined;
  const scores = new Map(verdicts.map(({ strategy, version, score }) => [`${strategy}@${version}`, score]));
  const score = ({ strategy, version }: Contender): number => scores.get(`${strategy}@${version}`) ?? 0;
  return plugins.allocate(config.allocator.use, allocationInput({ state, members, selected, score }));
}

/** The portfolio of the selected, and of the contender beside them. */
function contributionOf(
  contender: Contender,
  { selected }: PolicyOutcome,
  members: readonly Contender[],
): Figure | undefined {
  if (contender.run.evidence === "declared") return undefined;
  const portfolio = members.filter(({ strategy }) => selected.includes(strategy) && strategy !== contender.strategy);
  return contribution({
    strategy: contender.strategy,
    members: [...portfolio, contender].map(({ strategy, run }) => ({
      strategy,
      times: floats(run.times),
      returns: floats(run.returns),
    })),
    periodsPerYear: contender.run.periodsPerYear,
  });
}

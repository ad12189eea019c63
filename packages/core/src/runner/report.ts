import { isoText } from "../data/iso.ts";
import { ENGINE_VERSION } from "../engine/version.ts";
import { GUARD_RULES } from "../guards/finding.ts";
import type { GuardReport } from "../guards/report.ts";
import type { Figure } from "../plugin/contract/evaluator.ts";
import type { PolicyVerdict } from "../policy/policy.ts";
import type { QmtlError } from "../schema/error.ts";
import { entryKey } from "../world/activation.ts";
import type { ApplyPhase } from "../world/apply.ts";
import { authority } from "../world/authority.ts";
import type { Decided } from "../world/decide.ts";
import { ledger } from "../world/ledger.ts";
import { domainOf } from "../world/mode.ts";
import type { WorldState } from "../world/state.ts";
import { allocationNotice, allocationsOf } from "./allocation-view.ts";
import type { InspectedStrategy } from "./inspect.ts";
import type { Judgement } from "./judge.ts";
import type { NodeTiming } from "./node-timings.ts";
import type { SubmitResult, SubmitStatus, Violation } from "./result.ts";
import type { StoredRun } from "./stored-run.ts";
import type { SubmitContext, SubmitRequest } from "./submit.ts";
import type { WorldData } from "./world-data.ts";

/** What was learnt on the way, as far as it went. */
export interface Known {
  inspected: InspectedStrategy;
  data: WorldData;
  evalKey: string;
  worldConfig: string;
  guards: GuardReport;
  stored: StoredRun;
}

/** A submission that the world decided on. */
export function succeededResult(of: {
  readonly request: SubmitRequest;
  readonly context: SubmitContext;
  readonly known: Omit<Known, "guards">;
  readonly judgement: Judgement;
  readonly decided: Decided;
  readonly state: WorldState;
  readonly committed: boolean;
  readonly cached: boolean;
  readonly nodeTimings: readonly NodeTiming[] | undefined;
  readonly now: number;
}): SubmitResult {
  const { request, context, known, judgement, decided, state, committed, cached, nodeTimings, now } = of;
  const { inspected, data, evalKey, stored } = known;
  const { envelope } = decided;
  const version = envelope.versions.find((one) => one.evalKey === evalKey);
  const { verdict, report, precheck } = judgement;
  const { name: strategy, version: digest, params } = inspected;
  const key = entryKey({ strategy, version: digest, params });
  const entry = state.apply.activation.entries.find((one) => entryKey(one) === key);
  const { status, reason } = standing(judgement, decided, entry?.active === true, state.apply.phase);
  const { mode, downgrades } =
    version ??
    authority({
      world: context.config,
      evidence: "declared",
      identity: inspected.identity,
      crossContextHits: 0,
      asOf: data.asOf,
      now,
    });
  return {
    schema: "qmtl.submit-result/1",
    status,
    reason,
    strategy,
    world: context.config.id,
    mode,
    domain: domainOf(mode),
    downgraded: downgrades.length > 0,
    downgradeReason: downgrades[0] ?? null,
    requested: request.requested ?? null,
    precheck: { verdict: precheck.verdict, gates: precheck.gates.map((gate) => ({ ...gate })) },
    decision: {
      revision: state.decision?.revision ?? envelope.revision,
      committed,
      period: isoText(envelope.period),
      asOf: isoText(envelope.asOf),
      ttlSeconds: envelope.ttl === undefined ? null : envelope.ttl / 1000,
      verdict: verdict.verdict,
      gates: verdict.gates.map((gate) => ({ ...gate })),
    },
    activation:
      entry === undefined
        ? null
        : {
            active: entry.active,
            scale: entry.scale,
            sides: Object.entries(entry.sides).flatMap(([side, open]) => (open ? [side] : [])),
            freeze: entry.freeze,
            drain: entry.drain,
            applyRun: state.apply.activation.revision === 0 ? null : String(state.apply.activation.revision),
          },
    share: entry?.active === true ? entry.share : 0,
    allocations: allocationsOf(envelope, context.capital),
    allocationNotice: allocationNotice(envelope, context.capital) ?? null,
    rank: verdict.rank ?? null,
    score: verdict.score ?? null,
    contribution: judgement.contribution === undefined ? null : figureJson(judgement.contribution),
    metrics: Object.fromEntries(Object.entries(report.metrics).map(([name, figure]) => [name, figureJson(figure)])),
    violations: verdict.exclusions.map(({ reason: message, ...rest }): Violation => ({ ...rest, message })),
    dataset: datasetJson(data),
    backtest: backtestJson(stored),
    guards: stored.guards === null ? null : guardsJson(stored.guards),
    provenance: provenanceJson(request, context, known, ledger(state).length),
    computed: { cached, nodes: cached ? 0 : stored.computed.nodes, rows: cached ? 0 : stored.computed.rows },
    timings: { ...context.timings },
    nodeTimings: nodeTimings?.map((timing) => ({ ...timing })) ?? null,
    error: null,
  };
}

/** A submission that ended before the world could decide. Nothing of it was recorded. */
export function failedResult(of: {
  readonly request: SubmitRequest;
  readonly context: SubmitContext;
  readonly known: Partial<Known>;
  readonly error: QmtlError;
}): SubmitResult {
  const { request, context, known, error } = of;
  const rejected = error.class === "rejected";
  const { inspected, data, stored, guards, evalKey, worldConfig } = known;
  const strategy = inspected?.name ?? error.place.strategy ?? request.label;
  const place = { world: context.config.id, strategy, ...error.place };
  const complete = inspected !== undefined && data !== undefined && evalKey !== undefined && worldConfig !== undefined;
  const { mode, domain, downgrades } = authority({
    world: context.config,
    evidence: "inconclusive",
    identity: inspected?.identity ?? "process",
    crossContextHits: 0,
    now: context.clock(),
    ...(data !== undefined && { asOf: data.asOf }),
  });
  for (const reason of downgrades) context.metrics.count("strategy_compute_context_downgrade_total", { reason });
  return {
    schema: "qmtl.submit-result/1",
    status: rejected ? "rejected" : "failed",
    reason: `${error.message}.`.replace(/\.\.$/, "."),
    strategy,
    world: context.config.id,
    mode,
    domain,
    downgraded: downgrades.length > 0,
    downgradeReason: downgrades[0] ?? null,
    requested: request.requested ?? null,
    precheck: null,
    decision: null,
    activation: null,
    share: 0,
    allocations: [],
    allocationNotice: null,
    rank: null,
    score: null,
    contribution: null,
    metrics: {},
    violations: rejected
      ? [
          {
            stage: "run",
            rule: error.code,
            message: error.message,
            ...(error.next !== undefined && { hint: error.next }),
            ...(error.place.node !== undefined && { node: error.place.node }),
            place,
          },
        ]
      : [],
    dataset: data === undefined ? null : datasetJson(data),
    backtest: stored === undefined ? null : backtestJson(stored),
    guards: guards === undefined ? null : guardsJson(guards),
    provenance: complete ? provenanceJson(request, context, { inspected, data, evalKey, worldConfig }, 0) : null,
    computed: { cached: false, nodes: 0, rows: 0 },
    timings: { ...context.timings },
    nodeTimings: null,
    error: { code: error.code, message: error.message, next: error.next ?? null, place },
  };
}

function standing(
  { verdict }: Judgement,
  { apply }: Decided,
  active: boolean,
  phase: ApplyPhase,
): { status: SubmitStatus; reason: string } {
  const [first] = verdict.exclusions;
  const hard = first !== undefined && ["data-currency", "gates", "score"].includes(first.stage);
  if (verdict.verdict === "selected") {
    if (active) return { status: "active", reason: selectedReason(verdict, "holds its share of the world's equity") };
    if (apply.kind === "awaiting-approval")
      return { status: "inactive", reason: selectedReason(verdict, "waits for an approval") };
    if (apply.kind === "applying" && phase.kind === "idle" && phase.outcome?.kind === "rolled-back")
      return {
        status: "inactive",
        reason: selectedReason(
          verdict,
          `its apply was rolled back (${phase.outcome.reason}; gates are ${phase.outcome.gates})`,
        ),
      };
    if (apply.kind === "applying")
      return { status: "applying", reason: selectedReason(verdict, "waits for the apply that is under way") };
    return { status: "inactive", reason: selectedReason(verdict, "holds no share") };
  }
  if (verdict.verdict === "inconclusive")
    return { status: "inactive", reason: `Inconclusive: ${first?.reason ?? "the evidence is too thin"}.` };
  const reasons = verdict.exclusions.length > 1 ? ` (and ${verdict.exclusions.length - 1} more)` : "";
  return { status: hard ? "rejected" : "inactive", reason: `${first?.reason ?? "It was not selected"}${reasons}.` };
}

function selectedReason({ rank }: PolicyVerdict, what: string): string {
  return rank === undefined ? `Selected, and ${what}.` : `Selected at rank ${rank}, and ${what}.`;
}

export function figureJson(figure: Figure): SubmitResult["metrics"][string] {
  return figure.kind === "value" ? figure.value : { undefined: figure.because };
}

function datasetJson({
  commit,
  fingerprint,
  asOf,
  pointInTime,
  streams,
}: WorldData): NonNullable<SubmitResult["dataset"]> {
  return { commit, fingerprint, asOf: isoText(asOf), pointInTime, streams };
}

function backtestJson(run: StoredRun): NonNullable<SubmitResult["backtest"]> {
  const instant = (time: number | null | undefined): string | null =>
    time === null || time === undefined ? null : isoText(time);
  return {
    evidence: run.evidence,
    from: instant(run.times[0]),
    to: instant(run.times.at(-1)),
    periods: run.returns.length,
    startEquity: run.equity[0] ?? 0,
    endEquity: run.equity.at(-1) ?? 0,
    trades: run.trades.length,
    fees: run.fees,
    slippage: run.slippage,
    notes: [...run.notes],
  };
}

/** A guards' report in its published shape. */
export function guardsJson(guards: GuardReport): NonNullable<SubmitResult["guards"]> {
  const { cuts, pathDependent, unsettled, parts, findings } = guards;
  return {
    ...guards,
    cuts: cuts.map(isoText),
    pathDependent: [...pathDependent],
    unsettled: [...unsettled],
    parts: parts.map((part) => ({ ...part })),
    findings: findings.map(({ bar, values, index, ...finding }) => ({
      rule: GUARD_RULES[finding.kind],
      ...finding,
      ...(bar !== undefined && { bar: isoText(bar) }),
      ...(values !== undefined && { values: { ...values } }),
    })),
  };
}

function provenanceJson(
  { command }: SubmitRequest,
  { qmtl }: SubmitContext,
  { inspected, evalKey, worldConfig }: Omit<Known, "stored" | "guards">,
  trials: number,
): NonNullable<SubmitResult["provenance"]> {
  return {
    version: inspected.version,
    graph: inspected.graph,
    evalKey,
    params: { ...inspected.params },
    worldConfig,
    schemas: inspected.schemas,
    engine: ENGINE_VERSION,
    qmtl,
    identity: inspected.identity,
    unproven: inspected.unproven.map(({ node, causes }) => ({
      node,
      cause: causes.map(({ message }) => message).join("; "),
    })),
    trials,
    command,
  };
}

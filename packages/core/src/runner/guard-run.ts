import type { BacktestResult } from "../backtest/result.ts";
import type { Panel } from "../data/panel.ts";
import { upperBound } from "../data/sorted.ts";
import type { CapturedTable } from "../graph/code-identity/captured-tables.ts";
import { checkCosts, doubledCosts } from "../guards/costs.ts";
import { checkTables, type TableInput } from "../guards/dated-table.ts";
import { examineCut } from "../guards/examine-cut.ts";
import { figuresOf } from "../guards/figures.ts";
import type { GuardFinding } from "../guards/finding.ts";
import type { GuardNaming } from "../guards/naming.ts";
import { checkParts } from "../guards/parts.ts";
import type { GuardReport } from "../guards/report.ts";
import { stretchBars } from "../guards/stretch.ts";
import type { GraphNode, StrategyGraph, UserFunction } from "../strategy/graph.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import { type BuiltStrategy, decisionColumns } from "./inspect.ts";
import { createReplay, type Replay, type ReplayOptions } from "./replay.ts";

/** What the guards of a run do where the author's code is. The data's own guard needs the provider, and is done elsewhere. */
export type RunGuardReport = Omit<GuardReport, "pointInTime">;

/** What a loader knows about the author's functions. */
export interface CodeReader {
  locate(code: UserFunction): GuardFinding["place"];
  tables(code: UserFunction): readonly CapturedTable[];
}

export interface GuardRunOptions {
  readonly built: BuiltStrategy;
  /** The run, done: see {@link replayToGuard}. */
  readonly replay: Replay;
  readonly outcome: RunOutcome;
  /** See `chooseCuts`. */
  readonly cuts: readonly number[];
  readonly code?: CodeReader;
  readonly progress?: Int32Array;
}

/** A run that can be guarded: what it does at doubled costs is learnt along the way. */
export function replayToGuard(
  built: BuiltStrategy,
  job: RunJob,
  { progress, measure }: Pick<ReplayOptions, "progress" | "measure"> = {},
): Replay {
  const doubled = doubledCosts(job.brokerage);
  return createReplay(built, job, {
    ...(progress !== undefined && { progress }),
    ...(measure !== undefined && { measure }),
    ...(doubled !== undefined && { beside: doubled }),
  });
}

/**
 * Guards a finished run: prefix and start invariance, ties, doubled costs, parts of the evaluation, tables in the code. Prefixes end at the
 * cuts and begin as far before them as the cost allows, the first bar included where it does: a node that looks ahead does so wherever
 * both computations begin.
 *
 * Pure and synchronous.
 *
 * @throws what computing the graph throws
 */
export function guardRun(options: GuardRunOptions): RunGuardReport {
  const { built, replay, outcome, cuts, code, progress } = options;
  const { graph, decision } = built;
  const { panels } = replay;
  const clock = replay.clock();
  const naming = namingOf(built, code);
  const bars = stretchBars(graph, {
    bars: clock.length,
    rows: outcome.counters.rows,
    warm: upperBound(clock, outcome.result.firstDecision ?? Number.NEGATIVE_INFINITY),
  });
  const checks = cuts.map((cut) =>
    examineCut({
      graph,
      panels,
      clock,
      cut,
      bars,
      decision: decisionColumns(decision),
      start: cut === cuts.at(-1),
      naming,
      ...(progress !== undefined && { progress }),
    }),
  );
  const last = checks.at(-1);
  const tables = code === undefined ? [] : checkTables(tablesOf(graph, code), clock, naming);
  const costs = guardCosts(replay, outcome);
  const parts = guardParts(replay.prices, outcome);
  return {
    cuts,
    codeRead: code !== undefined,
    rows: checks.reduce((sum, { rows }) => sum + rows, 0),
    pathDependent: last?.pathDependent ?? [],
    unsettled: last?.unsettled ?? [],
    ties: {
      compared: checks.reduce((sum, { ties }) => sum + ties.compared, 0),
      fragile: checks.reduce((sum, { ties }) => sum + ties.fragile, 0),
    },
    costs: { asCharged: costs.asCharged, doubled: costs.doubled },
    parts: parts.parts,
    concentration: parts.concentration,
    findings: firstOfEach([
      ...checks.flatMap(({ findings }) => findings),
      ...tables,
      ...costs.findings,
      ...parts.findings,
    ]),
  };
}

function guardCosts(replay: Replay, { sessions, periodsPerYear }: RunOutcome): ReturnType<typeof checkCosts> {
  const asCharged = figuresOf(sessions.returns, periodsPerYear);
  const doubled = replay.beside();
  return checkCosts(asCharged, doubled === undefined ? asCharged : figuresOf(doubled.returns, periodsPerYear));
}

function guardParts(prices: Panel, { result, sessions, periodsPerYear }: RunOutcome): ReturnType<typeof checkParts> {
  const { times, returns } = sessions;
  return checkParts({ times, returns, periodsPerYear, market: marketReturns(prices, result, times) });
}

/** Mean log return of the traded symbols over each period, from their own closes (or mids). */
function marketReturns(
  { series }: Panel,
  { symbols, times: [first] }: BacktestResult,
  ends: Float64Array,
): Float64Array {
  const sums = new Float64Array(ends.length);
  const counts = new Int32Array(ends.length);
  for (const { symbol, stamps, columns } of series) {
    if (!symbols.includes(symbol)) continue;
    const { close, bid, ask } = columns;
    const priceAt = (time: number): number => {
      const row = upperBound(stamps, time) - 1;
      return close === undefined ? (bid![row]! + ask![row]!) / 2 : close[row]!;
    };
    let before = first === undefined ? Number.NaN : priceAt(first);
    for (let k = 0; k < ends.length; k++) {
      const now = priceAt(ends[k]!);
      const change = Math.log(now / before);
      before = now;
      if (!Number.isFinite(change)) continue;
      sums[k] = sums[k]! + change;
      counts[k] = counts[k]! + 1;
    }
  }
  return sums.map((sum, k) => sum / counts[k]!);
}

function tablesOf({ nodes }: StrategyGraph, code: CodeReader): readonly TableInput[] {
  return nodes.flatMap((node) =>
    functionsOf(node).flatMap((one) => code.tables(one).map((table) => ({ node: node.index, table }))),
  );
}

function functionsOf(node: GraphNode): readonly UserFunction[] {
  if (!("compute" in node)) return [];
  return node.kind === "user" && node.state !== undefined ? [node.compute, node.state] : [node.compute];
}

function namingOf({ graph, inspected }: BuiltStrategy, code: CodeReader | undefined): GuardNaming {
  const label = (node: number): string => inspected.nodes[node]!.label;
  return {
    label,
    place: (node) => {
      const [compute] = functionsOf(graph.nodes[node]!);
      const place = compute === undefined ? undefined : code?.locate(compute);
      return place === undefined ? {} : { place };
    },
    unproven: (node) => {
      const causes = inspected.unproven.find((one) => one.node === label(node))?.causes ?? [];
      return causes.find((cause) => cause.code !== "identity-process")?.message;
    },
  };
}

/** The cuts often find the same: said once, where it shows first. */
function firstOfEach(findings: readonly GuardFinding[]): readonly GuardFinding[] {
  const first = new Map<string, GuardFinding>();
  for (const one of findings) {
    const key = `${one.kind} ${one.index} ${one.kind === "dated-table" ? one.input : ""}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

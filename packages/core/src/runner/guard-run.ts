import type { BacktestResult } from "../backtest/result.ts";
import type { Panel } from "../data/panel.ts";
import { upperBound } from "../data/sorted.ts";
import type { CapturedTable } from "../graph/code-identity/captured-tables.ts";
import { checkCosts, doubledCosts } from "../guards/costs.ts";
import { checkTables, type TableInput } from "../guards/dated-table.ts";
import { figuresOf } from "../guards/figures.ts";
import type { GuardFinding } from "../guards/finding.ts";
import type { GuardNaming } from "../guards/naming.ts";
import { checkParts } from "../guards/parts.ts";
import { checkPrefix } from "../guards/prefix.ts";
import type { GuardReport } from "../guards/report.ts";
import { slicePanels } from "../guards/slice.ts";
import { checkStart } from "../guards/start.ts";
import { checkTies } from "../guards/ties.ts";
import { traceGraph } from "../guards/trace.ts";
import { intervalLength } from "../schema/interval.ts";
import type { GraphNode, StrategyGraph, UserFunction } from "../strategy/graph.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import { type BuiltStrategy, decisionColumns } from "./inspect.ts";
import { createReplay, type Replay } from "./replay.ts";

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

/** Of the run's own bars, what each stretch between a start and a cut is: ten of them are computed, so about half of the graph's work. */
const SHARE = 20;
/** Rows, over all nodes, below which a stretch costs nothing worth saving. */
const LEAST_ROWS = 10_000;
/** Cells that a stretch may hold at once. */
const MOST_CELLS = 4_000_000;

/** A run that can be guarded: what it does at doubled costs is learnt along the way. */
export function replayToGuard(built: BuiltStrategy, job: RunJob, progress?: Int32Array): Replay {
  const doubled = doubledCosts(job.brokerage);
  return createReplay(built, job, {
    ...(progress !== undefined && { progress }),
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
  const { panels, clock } = replay;
  const naming = namingOf(built, code);
  const watched = progress === undefined ? {} : { progress };
  const findings: GuardFinding[] = [];
  const ties = { compared: 0, fragile: 0 };
  let rows = 0;
  let pathDependent: readonly string[] = [];
  let unsettled: readonly string[] = [];
  const bars = stretchBars(graph, outcome, clock);
  for (const cut of cuts) {
    const end = upperBound(clock, cut);
    const from = Math.max(0, end - bars);
    const prefix = checkPrefix({
      graph,
      panels,
      stretch: { after: from === 0 ? Number.NEGATIVE_INFINITY : clock[from - 1]!, until: cut },
      horizon: clock[Math.min(clock.length, end + Math.max(64, bars >> 2)) - 1]!,
      naming,
      ...watched,
    });
    rows += prefix.rows;
    findings.push(...prefix.findings);
    if (prefix.findings.length > 0) continue;
    const tie = checkTies({ known: prefix.known, decision: decisionColumns(decision), naming, ...watched });
    rows += tie.rows;
    ties.compared += tie.compared;
    ties.fragile += tie.fragile;
    findings.push(...tie.findings);
    if (cut !== cuts.at(-1)) continue;
    // A stretch of its own where nodes remember further back than the others reach.
    const long = Math.min(Math.max(bars, 2 * memoryBars(graph) + 256), Math.max(bars, Math.floor(end / 3)));
    const first = Math.max(0, end - long);
    const whole =
      first >= from
        ? prefix.known
        : traceGraph(
            graph,
            slicePanels(panels, { after: clock[first - 1] ?? Number.NEGATIVE_INFINITY, until: cut }),
            watched,
          );
    const start = first + Math.floor((end - first) / 3);
    if (start === 0) continue;
    const later = checkStart({ whole, stretch: { after: clock[start - 1]!, until: cut }, naming, ...watched });
    rows += later.rows + (whole === prefix.known ? 0 : whole.rows);
    findings.push(...later.findings);
    pathDependent = later.pathDependent;
    unsettled = later.unsettled;
  }
  if (code !== undefined) findings.push(...checkTables(tablesOf(graph, code), clock, naming));
  const costs = guardCosts(replay, outcome);
  const parts = guardParts(replay.prices, outcome);
  return {
    cuts,
    codeRead: code !== undefined,
    rows,
    pathDependent,
    unsettled,
    ties,
    costs: { asCharged: costs.asCharged, doubled: costs.doubled },
    parts: parts.parts,
    concentration: parts.concentration,
    findings: firstOfEach([...findings, ...costs.findings, ...parts.findings]),
  };
}

/** Bars of the clock in one stretch. */
function stretchBars(graph: StrategyGraph, { counters, result }: RunOutcome, clock: Float64Array): number {
  const perBar = Math.max(1, counters.rows / Math.max(1, clock.length));
  const warm = result.firstDecision === undefined ? 0 : upperBound(clock, result.firstDecision);
  const columns = graph.nodes.reduce((sum, { output }) => sum + Object.keys(output).length, 0);
  const most = Math.floor(MOST_CELLS / (perBar * Math.max(1, columns / graph.nodes.length)));
  return Math.max(
    3 * warm + 64,
    Math.min(most, Math.max(Math.ceil(clock.length / SHARE), Math.ceil(LEAST_ROWS / perBar))),
  );
}

/** How many bars of the shortest interval the graph remembers at most, as far as its nodes forget. */
function memoryBars({ nodes }: StrategyGraph): number {
  const lengths = nodes.map(({ interval }) => intervalLength(interval));
  const memory: number[] = [];
  for (const [k, node] of nodes.entries()) {
    let before = 0;
    for (const { read } of node.inputs) {
      if (read.kind === "constant") continue;
      const depth = read.kind === "window" || read.kind === "window-panel" ? read.bars - 1 : 0;
      before = Math.max(before, memory["ref" in read ? read.ref.node : read.node]! + depth * lengths[k]!);
    }
    memory.push(before + ownMemory(node) * lengths[k]!);
  }
  return Math.ceil(Math.max(0, ...memory) / Math.min(...lengths));
}

function ownMemory(node: GraphNode): number {
  if (node.kind !== "kernel") return 1;
  const settle = node.kernel.settle(node.params);
  return Number.isFinite(settle) ? settle : 0;
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

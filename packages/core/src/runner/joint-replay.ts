import { type Backtest, createBacktest } from "../backtest/backtest.ts";
import { createMarket } from "../backtest/market.ts";
import { sampleSessions } from "../backtest/sample-sessions.ts";
import { requireCalendar } from "../data/calendar/calendars.ts";
import type { Panel } from "../data/panel.ts";
import { createExecution } from "../engine/create-execution.ts";
import type { Execution, ExecutionCounters, KeptColumn, KnownNode } from "../engine/execution.ts";
import { countUntil } from "../engine/timeline.ts";
import { type IdentifiedGraph, type JoinedGraph, joinGraphs, movedDecision, streamsKey } from "../graph/join.ts";
import { QmtlError } from "../schema/error.ts";
import type { ColumnRef, DecisionSpec } from "../strategy/graph.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import { type BuiltStrategy, decisionColumns } from "./inspect.ts";
import { panelsAsRead } from "./panels-as-read.ts";

/** History on its way through the joined graph of several strategies, and through an account for each. */
export interface JointReplay {
  /** Goes through the whole history. @throws what `Replay.advance` throws */
  run(): void;
  /** In the order of the strategies. `counters` are those of the joint computation, the same for all. */
  outcomes(): readonly RunOutcome[];
  counters(): ExecutionCounters;
  readonly joined: JoinedGraph;
}

export interface JointReplayOptions {
  readonly progress?: Int32Array;
  /** Cells that are there already, by node of the joined graph; see `ExecutionOptions.known`. */
  readonly known?: (joined: JoinedGraph) => ReadonlyMap<number, KnownNode>;
  /** Columns of the joined graph to keep whole, beside what the decisions need. */
  readonly keep?: (joined: JoinedGraph) => readonly ColumnRef[];
  /** Takes what was kept when the run is over. */
  readonly kept?: (joined: JoinedGraph, read: (ref: ColumnRef) => KeptColumn) => void;
}

const TURN = 4096;

/**
 * Replays strategies that read the same streams side by side: what they have in common is computed once, and each bit is what the
 * strategy alone would have got. Memory grows with the live columns of the joined graph and with the sessions of each account,
 * never with strategies x bars.
 *
 * @param job the panels by stream node of the first strategy
 * @throws `runner.other-streams` when they do not read the same streams
 * @example
 * const replay = createJointReplay(grid.map((params) => inspectStrategy(strategy, { params, runId })), job);
 * replay.run();
 * const returns = replay.outcomes().map(({ sessions }) => sessions.returns);
 */
export function createJointReplay(
  strategies: readonly BuiltStrategy[],
  job: RunJob,
  { progress, known, keep, kept }: JointReplayOptions = {},
): JointReplay {
  const graphs = strategies.map(identified);
  requireSameStreams(graphs, strategies);
  const joined = joinGraphs(graphs);
  const first = joined.places[0]!;
  const panels = new Map<number, Panel>(
    [...job.panels].map(([node, panel]) => [first[node]!, { ...panel, calendar: requireCalendar(panel.calendar) }]),
  );
  const decisions: DecisionSpec[] = [];
  const whole: ColumnRef[] = [];
  const passing: ColumnRef[] = [];
  for (const [k, { decision }] of strategies.entries()) {
    const moved = movedDecision(decision, joined.places[k]!);
    decisions.push(moved);
    (moved.kind === "orders" ? whole : passing).push(...decisionColumns(moved));
  }
  if (keep !== undefined) whole.push(...keep(joined));
  const execution = createExecution({
    graph: joined.graph,
    panels: panelsAsRead(joined.graph, panels),
    keep: whole,
    follow: without(passing, whole),
    ...(known !== undefined && { known: known(joined) }),
    chunk: TURN,
    ...(progress !== undefined && { progress }),
  });
  const markets = new Map([...panels].map(([node, panel]) => [node, createMarket(panel, panel.calendar)]));
  const accounts: Account[] = [];
  const columns = (ref: ColumnRef): KeptColumn => execution.kept(ref);
  for (const [k, { inspected }] of strategies.entries()) {
    const node = joined.places[k]![inspected.priceStream]!;
    const panel = panels.get(node)!;
    const backtest = createBacktest({
      decision: decisions[k]!,
      columns,
      panel,
      market: markets.get(node)!,
      instruments: job.instruments,
      brokerage: job.brokerage,
      equity: job.equity,
      ...(job.rates !== undefined && { rates: job.rates }),
      calendar: panel.calendar,
    });
    accounts.push({ backtest, panel });
  }
  return {
    joined,
    counters: () => execution.counters(),
    run() {
      passTurns(execution, accounts);
      kept?.(joined, columns);
    },
    outcomes: () => outcomesOf(accounts, execution.counters()),
  };
}

interface Account {
  readonly backtest: Backtest;
  readonly panel: Panel;
}

/** Apart from the replay, for V8 forgets what it compiled for a function that closes over one, once that is gone. */
function passTurns(execution: Execution, accounts: readonly Account[]): void {
  const clock = execution.clock();
  const end = countUntil(clock, Number.POSITIVE_INFINITY);
  for (let passed = 0; passed < end; ) {
    passed = Math.min(end, passed + TURN);
    execution.reach(passed);
    for (const { backtest } of accounts) backtest.reach(clock, passed);
  }
}

function outcomesOf(accounts: readonly Account[], counters: ExecutionCounters): readonly RunOutcome[] {
  const outcomes: RunOutcome[] = [];
  for (const { backtest, panel } of accounts) {
    const result = backtest.result();
    const sessions = sampleSessions(result, panel.calendar);
    outcomes.push({ result, sessions, periodsPerYear: panel.calendar.periodsPerYear(sessions.period), counters });
  }
  return outcomes;
}

/** The first columns, less the others. */
function without(refs: readonly ColumnRef[], others: readonly ColumnRef[]): readonly ColumnRef[] {
  if (others.length === 0) return refs;
  return refs.filter(({ node, column }) => !others.some((other) => other.node === node && other.column === column));
}

function identified({ graph, inspected }: BuiltStrategy): IdentifiedGraph {
  return { graph, ids: inspected.nodes.map(({ id }) => id) };
}

function requireSameStreams(graphs: readonly IdentifiedGraph[], strategies: readonly BuiltStrategy[]): void {
  const keys = graphs.map(streamsKey);
  const other = keys.findIndex((key) => key !== keys[0]);
  if (other < 0) return;
  const { name, params } = strategies[other]!.inspected;
  throw new QmtlError({
    code: "runner.other-streams",
    message: `${name} at ${JSON.stringify(params)} reads other streams than ${strategies[0]!.inspected.name} at ${JSON.stringify(strategies[0]!.inspected.params)}`,
    place: { strategy: name },
    next: "Replay strategies together that read the same streams, and the others apart.",
  });
}

import { createBacktest } from "../backtest/backtest.ts";
import { sampleSessions } from "../backtest/sample-sessions.ts";
import { requireCalendar } from "../data/calendar/calendars.ts";
import type { Panel } from "../data/panel.ts";
import { createExecution } from "../engine/create-execution.ts";
import { countUntil } from "../engine/timeline.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import { type BuiltStrategy, decisionColumns } from "./inspect.ts";

/** History on its way through the graph and the account. */
export interface Replay {
  /** Ends of all bars, ms UTC. */
  readonly clock: Float64Array;
  /**
   * Goes on to `to`, inclusive; `Infinity` for the rest. In one step or stamp by stamp: the same bits.
   *
   * @throws `engine.compute-failed`, `engine.wrong-shape` and others of class `rejected`
   */
  advance(to: number): void;
  /** Goes on to the next stamp of the clock. False when there is none. */
  next(): boolean;
  outcome(): RunOutcome;
}

const TURN = 4096;

/**
 * Pure and synchronous.
 *
 * @example
 * const replay = createReplay(inspectStrategy(strategy, { runId: "r" }), job);
 * replay.advance(Number.POSITIVE_INFINITY);
 * const { sessions } = replay.outcome();
 */
export function createReplay(built: BuiltStrategy, job: RunJob, progress?: Int32Array): Replay {
  const panels = new Map<number, Panel>(
    [...job.panels].map(([node, panel]) => [node, { ...panel, calendar: requireCalendar(panel.calendar) }]),
  );
  const { graph, decision, inspected } = built;
  const execution = createExecution({
    graph,
    panels,
    // Targets are read as they come; what an order says is read when its bar does.
    ...(decision.kind === "orders"
      ? { keep: decisionColumns(decision) }
      : { keep: [], follow: decisionColumns(decision) }),
    chunk: TURN,
    ...(progress !== undefined && { progress }),
  });
  const panel = panels.get(inspected.priceStream) as Panel;
  const backtest = createBacktest({
    decision,
    columns: (ref) => execution.kept(ref),
    panel,
    instruments: job.instruments,
    brokerage: job.brokerage,
    equity: job.equity,
    calendar: panel.calendar,
  });
  const { clock } = execution;
  let passed = 0;
  const turn = (end: number): void => {
    execution.reach(end);
    backtest.reach(clock, end);
    passed = end;
  };
  return {
    clock,
    advance(to) {
      // In turns: the execution holds the rows of one, and what it has just written the account still finds in the processor's cache.
      for (const end = countUntil(clock, to, passed); passed < end; ) turn(Math.min(end, passed + TURN));
    },
    next() {
      if (passed === clock.length) return false;
      turn(passed + 1);
      return true;
    },
    outcome: () => {
      const result = backtest.result();
      const sessions = sampleSessions(result, panel.calendar);
      return {
        result,
        sessions,
        periodsPerYear: panel.calendar.periodsPerYear(sessions.period),
        counters: { ...execution.counters },
      };
    },
  };
}

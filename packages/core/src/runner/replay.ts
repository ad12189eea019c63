import { type Backtest, type BacktestOptions, createBacktest } from "../backtest/backtest.ts";
import type { Brokerage } from "../backtest/brokerage.ts";
import type { OrderEvent } from "../backtest/order-log.ts";
import type { OrderTerms } from "../backtest/order-terms.ts";
import type { Leg, LegOutcome } from "../backtest/rebalance.ts";
import { type SampledSessions, sampleSessions } from "../backtest/sample-sessions.ts";
import { requireCalendar } from "../data/calendar/calendars.ts";
import type { CurrencyRates } from "../data/currency-rates.ts";
import type { AddedRows, Panel } from "../data/panel.ts";
import { createExecution } from "../engine/create-execution.ts";
import type { Execution, KnownNode } from "../engine/execution.ts";
import { countUntil } from "../engine/timeline.ts";
import type { RunJob, RunOutcome } from "./executor.ts";
import { type BuiltStrategy, decisionColumns } from "./inspect.ts";
import { statelessNodes } from "./node-columns.ts";
import { panelsAsRead, rowsAsRead } from "./panels-as-read.ts";

/** History on its way through the graph and the account. */
export interface Replay {
  /** Ends of all bars, ms UTC; of a replay that grows, see `Execution.clock`. */
  clock(): Float64Array;
  /** The next stamp to go on to; infinite when there is none. */
  upcoming(): number;
  /** As the graph reads them, by index of the stream's node: what the replay began with. */
  readonly panels: ReadonlyMap<number, Panel>;
  /** The one that fills orders, as it was quoted: what the replay began with. */
  readonly prices: Panel;
  /**
   * Takes rows that follow those of the streams' symbols, by the node of the stream and as quoted. They cost what they are, however long the
   * history is; in any parts they give the bits of one replay over all of them. A symbol that will only come later is in its panel from the
   * start, without rows.
   *
   * @param options `ended`: symbols whose last row has come; they are closed at their last close with the next stamp. Unlike in a replay of
   *   whole data, that a symbol has no rows any more says nothing by itself. `rates`: those of other currencies that have come.
   * @throws what `Execution.append` and `Backtest.append` throw; then nothing was taken
   */
  append(
    rows: ReadonlyMap<number, AddedRows>,
    options?: { readonly ended?: readonly string[]; readonly rates?: readonly CurrencyRates[] },
  ): void;
  /**
   * Goes on to `to`, inclusive; `Infinity` for the rest. It says that all streams are complete so far: later no row up to there is taken. In one step or stamp by stamp: the same bits.
   *
   * @throws `engine.compute-failed`, `engine.wrong-shape` and others of class `rejected`
   */
  advance(to: number): void;
  /** Goes on to the next stamp of the rows that are there. False when there is none. */
  next(): boolean;
  /** The account trades under these terms from the next decision on. */
  allow(terms: OrderTerms): void;
  /** Takes back every order that waits, but for what protects a position. */
  cancel(): void;
  /** Places orders from outside of the decision: see `Backtest.rebalance`. */
  rebalance(legs: readonly Leg[]): readonly LegOutcome[];
  /** Orders that wait for a fill, but for what protects a position. */
  waiting(): number;
  outcome(): RunOutcome;
  /** What the same decisions came to under the other brokerage, where one was given. */
  beside(): SampledSessions | undefined;
}

export interface ReplayOptions {
  /** Its first element holds the index of the node that computes, -1 between. */
  readonly progress?: Int32Array;
  /** Another brokerage to trade the same decisions under, as they come: the graph is computed once. */
  readonly beside?: Brokerage;
  /** The first bar that is decided on, ms UTC: what is before only warms up. */
  readonly from?: number;
  /** Gets what becomes of orders, as it happens. */
  readonly orders?: OrderEvent[];
  /** Measures what limits of risk are applied to: see `BacktestOptions.watch`. */
  readonly watch?: boolean;
  /** Rows will be added with {@link Replay.append}. */
  readonly growing?: boolean;
  /** See `ExecutionOptions.begun`. */
  readonly begun?: ReadonlyMap<number, KnownNode>;
  /** See `ExecutionOptions.measure`. */
  readonly measure?: () => number;
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
export function createReplay(built: BuiltStrategy, job: RunJob, options: ReplayOptions = {}): Replay {
  return new GraphReplay(built, job, options);
}

/** A class for the reason that the execution is one. */
class GraphReplay implements Replay {
  readonly panels: ReadonlyMap<number, Panel>;
  readonly prices: Panel;
  private readonly built: BuiltStrategy;
  private readonly growing: boolean;
  private readonly measured: boolean;
  /** Stateless nodes of which all columns are kept, where the job asks for them. */
  private readonly keptNodes: readonly number[] | undefined;
  private readonly execution: Execution;
  private readonly backtest: Backtest;
  private readonly other: Backtest | undefined;
  private readonly asRead: ReturnType<typeof rowsAsRead> | undefined;
  private stamps: Float64Array;
  /** Stamps of the clock, as it is held, that are passed. */
  private passed = 0;

  constructor(built: BuiltStrategy, job: RunJob, options: ReplayOptions) {
    const { progress, beside, from, orders, watch = false, growing = false, begun, measure } = options;
    const panels = new Map<number, Panel>(
      [...job.panels].map(([node, panel]) => [node, { ...panel, calendar: requireCalendar(panel.calendar) }]),
    );
    const { graph, decision, inspected } = built;
    this.built = built;
    this.growing = growing;
    this.measured = measure !== undefined;
    this.panels = panelsAsRead(graph, panels);
    this.keptNodes = job.keepColumns === true ? statelessNodes(graph) : undefined;
    const kept = this.keptNodes ?? [];
    const keep = kept.flatMap((node) => Object.keys(graph.nodes[node]!.output).map((column) => ({ node, column })));
    const decided = decisionColumns(decision).filter(({ node }) => !kept.includes(node));
    const execution = createExecution({
      graph,
      panels: this.panels,
      // Targets are read as they come; what an order says is read when its bar does.
      ...(decision.kind === "orders" ? { keep: [...keep, ...decided] } : { keep, follow: decided }),
      chunk: TURN,
      growing,
      ...(begun !== undefined && { begun }),
      ...(progress !== undefined && { progress }),
      ...(measure !== undefined && { measure }),
    });
    this.execution = execution;
    this.stamps = execution.clock();
    const panel = panels.get(inspected.priceStream) as Panel;
    this.prices = panel;
    const trade = (brokerage: Brokerage, own: Pick<BacktestOptions, "from" | "orders" | "watch"> = {}): Backtest =>
      createBacktest({
        ...own,
        decision,
        columns: (ref) => execution.kept(ref),
        panel,
        instruments: job.instruments,
        brokerage,
        equity: job.equity,
        ...(job.rates !== undefined && { rates: job.rates }),
        calendar: panel.calendar,
        growing,
      });
    this.backtest = trade(job.brokerage, {
      ...(from !== undefined && { from }),
      ...(orders !== undefined && { orders }),
      watch,
    });
    this.other = beside && trade(beside);
    this.asRead = growing ? rowsAsRead(graph, panels) : undefined;
  }

  clock(): Float64Array {
    return this.stamps;
  }

  upcoming(): number {
    return this.execution.upcoming();
  }

  append(
    rows: ReadonlyMap<number, AddedRows>,
    { ended = [], rates = [] }: { readonly ended?: readonly string[]; readonly rates?: readonly CurrencyRates[] } = {},
  ): void {
    const { execution, backtest } = this;
    const { read: adjusted, keep } = this.asRead?.(rows) ?? { read: rows, keep: () => {} };
    const quoted = rows.get(this.built.inspected.priceStream) ?? { series: [] };
    backtest.check(quoted);
    execution.append(adjusted);
    keep();
    backtest.append(quoted, ended, rates);
    this.other?.append(quoted, ended, rates);
  }

  advance(to: number): void {
    if (this.growing) this.admit(to);
    const end = countUntil(this.stamps, to, this.passed);
    // In turns: the execution holds the rows of one, and what it has just written the account still finds in the processor's cache.
    while (this.passed < end) this.turn(Math.min(end, this.passed + TURN));
  }

  next(): boolean {
    if (this.growing && this.passed === this.stamps.length) this.admit(this.execution.upcoming());
    if (this.passed === this.stamps.length) return false;
    this.turn(this.passed + 1);
    return true;
  }

  allow(terms: OrderTerms): void {
    this.backtest.allow(terms);
  }

  cancel(): void {
    this.backtest.cancel();
  }

  rebalance(legs: readonly Leg[]): readonly LegOutcome[] {
    return this.backtest.rebalance(legs);
  }

  waiting(): number {
    return this.backtest.waiting();
  }

  outcome(): RunOutcome {
    const { execution, prices, keptNodes } = this;
    const result = this.backtest.result();
    const sessions = sampleSessions(result, prices.calendar);
    return {
      result,
      sessions,
      periodsPerYear: prices.calendar.periodsPerYear(sessions.period),
      counters: execution.counters(),
      ...(keptNodes !== undefined && { columns: new Map(keptNodes.map((node) => [node, this.cellsOf(node)])) }),
      ...(this.measured && { spent: execution.spent() }),
    };
  }

  beside(): SampledSessions | undefined {
    return this.other && sampleSessions(this.other.result(), this.prices.calendar);
  }

  private turn(end: number): void {
    const { execution, stamps } = this;
    execution.reach(this.growing ? execution.passed() + end : end);
    this.backtest.reach(stamps, end);
    this.other?.reach(stamps, end);
    this.passed = end;
  }

  private admit(to: number): void {
    const { execution } = this;
    const reached = execution.passed() + this.passed;
    execution.admit(to);
    this.stamps = execution.clock();
    this.passed = reached - execution.passed();
  }

  private cellsOf(node: number): KnownNode {
    return Object.fromEntries(
      Object.keys(this.built.graph.nodes[node]!.output).map((column) => [
        column,
        this.execution.kept({ node, column }).series.map(({ values }) => values),
      ]),
    );
  }
}

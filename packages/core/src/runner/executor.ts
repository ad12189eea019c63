import type { Brokerage, Instrument } from "../backtest/brokerage.ts";
import type { BacktestResult } from "../backtest/result.ts";
import type { SampledSessions } from "../backtest/sample-sessions.ts";
import type { CurrencyRates } from "../data/currency-rates.ts";
import type { Panel } from "../data/panel.ts";
import type { ExecutionCounters, KnownNode } from "../engine/execution.ts";
import type { EvaluationReport, EvaluationTask } from "../evaluation/evaluate.ts";
import type { AllocationExplanation, AllocationInput } from "../plugin/contract/allocator.ts";
import type { RunGuardReport } from "./guard-run.ts";
import type { InspectedStrategy } from "./inspect.ts";

/** A panel whose calendar is a name, so that it can cross a process boundary. */
export type PlainPanel = Omit<Panel, "calendar"> & { readonly calendar: string };

/** One backtest to run, as plain data. */
export interface RunJob {
  /** By index of the stream's node. */
  readonly panels: ReadonlyMap<number, PlainPanel>;
  readonly instruments: readonly Instrument[];
  readonly brokerage: Brokerage;
  readonly equity: number;
  /** Whether {@link RunOutcome.columns} is wanted. */
  readonly keepColumns?: boolean;
  /** Of the other currencies that instruments are quoted in. */
  readonly rates?: readonly CurrencyRates[];
}

/** What a run came to, as plain data. */
export interface RunOutcome {
  readonly result: BacktestResult;
  readonly sessions: SampledSessions;
  readonly periodsPerYear: number;
  readonly counters: Readonly<ExecutionCounters>;
  /** All cells of the nodes that another run can begin with, by index; where the job asked for them. */
  readonly columns?: ReadonlyMap<number, KnownNode>;
  /** Milliseconds by index of the node, where they were measured: they differ from one time to the next, and are no part of the result. */
  readonly spent?: Float64Array;
}

/** Where the author's code runs: in this process for trusted objects, in an isolate for files. */
export interface StrategyExecutor {
  inspect(params: Readonly<Record<string, unknown>>): Promise<InspectedStrategy>;
  /** @throws `engine.compute-failed` and others of class `rejected`; `isolation.*` */
  run(job: RunJob): Promise<RunOutcome>;
  /** Guards the last run, with what the loader knows of the code. @param cuts see `chooseCuts` @throws as `run` */
  guard(cuts: readonly number[]): Promise<RunGuardReport>;
}

/** Where synchronous plugins run. Every answer is guarded and validated there. */
export interface PluginExecutor {
  /** One report per input, over all of the world's evaluators. */
  evaluate(uses: readonly string[], inputs: readonly EvaluationTask[]): Promise<readonly EvaluationReport[]>;
  /** With `relax` an allocator that explains also says what wider limits would change. */
  allocate(use: string, input: AllocationInput, options?: { readonly relax: boolean }): Promise<AllocationExplanation>;
}

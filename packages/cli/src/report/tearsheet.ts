import type { RunView } from "@qmtl/core";
import { type Costs, costsOf } from "./analysis/costs.ts";
import { type Drawdown, drawdowns, underwater } from "./analysis/drawdowns.ts";
import { monthlyReturns, type YearOfReturns } from "./analysis/monthly-returns.ts";
import { type RollingSharpe, rollingSharpe } from "./analysis/rolling-sharpe.ts";
import { type SymbolSummary, symbolSummaries } from "./analysis/symbols.ts";

/** A run with everything that a report shows of it. Plain data; equal runs give equal tearsheets. */
export interface Tearsheet {
  readonly view: RunView;
  /**
   * Of the points of the equity series: the first decision bar, then the end of each period; ms UTC. Undefined for declared returns, of
   * which only the order is known.
   */
  readonly times: readonly number[] | undefined;
  /** One per point, 0 or below. */
  readonly underwater: readonly number[];
  readonly months: readonly YearOfReturns[];
  /** The deepest first. */
  readonly drawdowns: readonly Drawdown[];
  readonly rollingSharpe: RollingSharpe | undefined;
  readonly costs: Costs | undefined;
  readonly symbols: readonly SymbolSummary[];
}

/** Pure. */
export function tearsheetOf(view: RunView): Tearsheet {
  const { run } = view;
  return {
    view,
    times: timesOf(run),
    underwater: underwater(run.equity),
    months: monthlyReturns(run.times, run.returns),
    drawdowns: drawdowns(run.equity),
    rollingSharpe: rollingSharpe(run.returns, run.periodsPerYear),
    costs: costsOf(run),
    symbols: symbolSummaries(run.trades),
  };
}

function timesOf({ start, times }: RunView["run"]): readonly number[] | undefined {
  const known = times.filter((time) => time !== null);
  return start === null || known.length < times.length ? undefined : [start, ...known];
}

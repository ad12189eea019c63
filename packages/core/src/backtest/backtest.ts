import type { BacktestOptions } from "./options.ts";
import { resultOf } from "./report.ts";
import type { BacktestResult } from "./result.ts";
import { startRun } from "./run.ts";
import { advanceSolo, createSolo, holdSolo, resumeSolo, settleSolo } from "./solo.ts";
import { step } from "./step.ts";

export type { BacktestOptions } from "./options.ts";

/** A portfolio under way. Advancing in one step or stamp by stamp gives the same bits. */
export interface Backtest {
  /**
   * Trades all stamps <= `to` that are not traded yet.
   *
   * @throws `backtest.invalid-price` naming symbol and bar, `backtest.invalid-target` (class `rejected`), `backtest.behind`
   */
  advance(to: number): void;
  /** The same up to the last of the first `count` stamps of a clock, at least one, for callers who count them. */
  reach(clock: Float64Array, count: number): void;
  /** How things stand; what is still open is marked at its last close. */
  result(): BacktestResult;
}

/**
 * Trades a decision against the prices of a panel.
 *
 * At each stamp of the traded symbols' clock, in this order:
 * 1. A symbol whose last bar has passed is closed at its last close, for the fee, without slippage.
 * 2. Orders fill at the open of their symbol's bar (`book` schemas: bought at the ask, sold at the bid). Without a price there, they wait.
 * 3. Stops and take-profits fill inside the bar, by the pessimistic path: at the open where it is already beyond the level, else the stop
 *    before the take-profit. A stop slips; a take-profit gets its level, or the better open.
 * 4. Everything is marked at the close (`book`: the mid); a symbol without a price keeps its last one.
 * 5. Decisions that are known at this close place orders for their symbol's next bar. A row that stands at a stamp without a bar of the
 *    symbol counts at the symbol's next bar; rows before its first bar do not count.
 *
 * A weight is sized `weight x share x scale x equity / close` at the decision's close; units count `units x share x scale`. Both are rounded
 * toward zero to the lot, and cut at the fill to what the account can pay (see `Broker`).
 *
 * When equity is at or below zero at a close, everything is closed there and trading ends.
 *
 * @throws `backtest.invalid-option`, `backtest.no-prices`, `backtest.unknown-instrument`, `backtest.mixed-currencies`
 */
export function createBacktest(options: BacktestOptions): Backtest {
  const { run, targets } = startRun(options);
  const solo =
    run.quotes.length === 1 && options.brokerage.act.kind === "change" && targets !== undefined
      ? createSolo(run, targets)
      : undefined;
  const advance = (to: number): void => {
    if (solo === undefined) {
      while (run.upcoming <= to && run.upcoming < Number.POSITIVE_INFINITY) step(run);
      run.rule.listen?.(to);
      return;
    }
    while (!advanceSolo(solo, to)) {
      settleSolo(solo);
      if (run.upcoming <= to && run.upcoming < Number.POSITIVE_INFINITY) step(run);
      else run.rule.listen?.(to);
      resumeSolo(solo);
    }
  };
  return {
    advance,
    reach(clock, count) {
      if (solo === undefined || !holdSolo(solo, clock, count)) advance(clock[count - 1]!);
    },
    result() {
      if (solo !== undefined) settleSolo(solo);
      return resultOf(run);
    },
  };
}

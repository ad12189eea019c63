import type { CurrencyRates } from "../data/currency-rates.ts";
import type { AddedRows } from "../data/panel.ts";
import { addBars, checkBars } from "./add-bars.ts";
import { cancelOrders, countWaiting } from "./cancel-orders.ts";
import { addRates } from "./conversion.ts";
import type { BacktestOptions } from "./options.ts";
import type { OrderTerms } from "./order-terms.ts";
import { type Leg, type LegOutcome, placeLegs } from "./rebalance.ts";
import { resultOf } from "./report.ts";
import type { BacktestResult } from "./result.ts";
import { isPlain, type Run, startRun } from "./run.ts";
import { advanceSolo, createSolo, holdSolo, resumeSolo, type Solo, settleSolo } from "./solo.ts";
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
  /** From the next decision on, orders pass under these terms. Before any are given: all of them, at share x scale. */
  allow(terms: OrderTerms): void;
  /**
   * Takes back every order that waits, but for what protects a position and what a margin call sells. What a target asked for may be asked for again at
   * the symbol's next bar.
   */
  cancel(): void;
  /**
   * Places orders from outside of the decision at the last stamp that was traded, under the terms in force: they fill like the orders of targets. What
   * can't be placed is left out by name. What the decision asked for stays as it is.
   */
  rebalance(legs: readonly Leg[]): readonly LegOutcome[];
  /** Orders that wait for a fill, but for what protects a position. */
  waiting(): number;
  /**
   * Takes bars that follow those of the panel's symbols, as quoted, and the names of symbols whose last bar has come: such a one is closed
   * with the next stamp of the traded symbols' clock. Rates have to be there up to the stamps that are traded. Bars of symbols that nothing is decided for are left out.
   *
   * @throws `backtest.not-growing`, `backtest.invalid-action`, `backtest.invalid-rate`; `backtest.ended` for a bar of a symbol that has ended. Then nothing was taken.
   */
  append(added: AddedRows, ended?: readonly string[], rates?: readonly CurrencyRates[]): void;
  /** Throws what {@link append} would, for callers who have to give the same bars to others. */
  check(added: AddedRows): void;
  /** How things stand; what is still open is marked at its last close. */
  result(): BacktestResult;
}

/**
 * Trades a decision against the prices of a panel.
 *
 * At each stamp of the traded symbols' clock, in this order:
 * 1. A symbol whose last bar has passed is closed at its last close, for the fee, without slippage.
 * 2. Nights that have passed are charged: what was borrowed, what cash earned; proceeds settle. Splits and dividends take effect.
 * 3. Orders fill at the open of their symbol's bar (`book` schemas: bought at the ask, sold at the bid). Without a price there, they wait.
 * 4. Orders that wait for a price fill inside the bar, along its path (`brokerage.path`): pessimistic, a stop before a take-profit. A stop slips;
 *    a limit gets its level, or the better open.
 * 5. Orders for the close fill there.
 * 6. Everything is marked at the close (`book`: the mid); a symbol without a price keeps its last one. Margin is checked.
 * 7. Decisions that are known at this close place orders for their symbol's next bar. A row that stands at a stamp without a bar of the
 *    symbol counts at the symbol's next bar; rows before its first bar do not count.
 *
 * A weight is sized `weight x share x scale x equity / close` at the decision's close; units count `units x share x scale`. Both are rounded
 * toward zero to the lot, and cut at the fill to what the account can pay (see `Broker`).
 *
 * When equity is at or below zero at a close, everything is closed there and trading ends.
 *
 * @throws `backtest.invalid-option`, `backtest.no-prices`, `backtest.unknown-instrument`, `backtest.mixed-currencies`, `backtest.no-volume`,
 *   `backtest.double-spread`, `backtest.invalid-action`
 */
export function createBacktest(options: BacktestOptions): Backtest {
  return new PortfolioBacktest(options);
}

/** A class for the reason that the execution is one. */
class PortfolioBacktest implements Backtest {
  private readonly run: Run;
  private readonly solo: Solo | undefined;

  constructor(options: BacktestOptions) {
    const { run, targets } = startRun(options);
    this.run = run;
    this.solo =
      targets !== undefined &&
      options.growing !== true &&
      isPlain(run) &&
      run.quotes.length === 1 &&
      options.brokerage.act.kind === "change"
        ? createSolo(run, targets)
        : undefined;
  }

  advance(to: number): void {
    const { run, solo } = this;
    if (solo === undefined) {
      while (run.upcoming <= to && run.upcoming < Number.POSITIVE_INFINITY) step(run);
      run.rule.listen?.(to);
    } else {
      solo.to = to;
      advanceAlone(run, solo);
    }
  }

  reach(clock: Float64Array, count: number): void {
    const { run, solo } = this;
    if (solo === undefined) this.advance(clock[count - 1]!);
    else if (!holdSolo(solo, clock, count)) {
      solo.to = clock[count - 1]!;
      advanceAlone(run, solo);
    }
  }

  allow(terms: OrderTerms): void {
    this.between(() => {
      this.run.desk.terms = terms;
    });
  }

  cancel(): void {
    this.between(() => cancelOrders(this.run));
  }

  rebalance(legs: readonly Leg[]): readonly LegOutcome[] {
    return this.between(() => placeLegs(this.run, legs));
  }

  waiting(): number {
    return countWaiting(this.run);
  }

  append(added: AddedRows, ended: readonly string[] = [], rates: readonly CurrencyRates[] = []): void {
    const { run } = this;
    const taken = checkBars(run, added);
    if (run.conversion !== undefined) addRates(run.conversion, rates);
    addBars(run, taken, ended);
  }

  check(added: AddedRows): void {
    checkBars(this.run, added);
  }

  result(): BacktestResult {
    if (this.solo !== undefined) settleSolo(this.solo);
    return resultOf(this.run);
  }

  /** What changes the run from outside finds it where it stands. */
  private between<V>(change: () => V): V {
    const { solo } = this;
    if (solo !== undefined) settleSolo(solo);
    const value = change();
    if (solo !== undefined) resumeSolo(solo);
    return value;
  }
}

function advanceAlone(run: Run, solo: Solo): void {
  while (!advanceSolo(solo)) {
    settleSolo(solo);
    if (run.upcoming <= solo.to && run.upcoming < Number.POSITIVE_INFINITY) step(run);
    else run.rule.listen?.(solo.to);
    resumeSolo(solo);
  }
}

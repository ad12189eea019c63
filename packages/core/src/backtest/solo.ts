import { upperBound } from "../data/sorted.ts";
import type { ColumnSeries } from "../engine/execution.ts";
import type { Account } from "./broker.ts";
import type { Pending } from "./pending.ts";
import { isPrice } from "./quotes.ts";
import type { Run } from "./run.ts";
import { fillAtOpen } from "./step.ts";
import { decideTarget, isUnheeded, type TargetRule } from "./targets.ts";

/**
 * A single symbol whose targets act on change. Each bar gets the arithmetic of `step`, in the same order; only the questions that one symbol
 * answers once for many bars are not asked again.
 *
 * It is a record for the functions below, which close over nothing: what the compiler learns in one run serves the next.
 */
export interface Solo {
  readonly run: Run;
  readonly rule: TargetRule;
  ready: boolean;
  /** Bars from `from` to before `bar` are passed and not settled; `events` of them went through the rule. */
  from: number;
  bar: number;
  events: number;
  /** From the place of a bar to that of its row. */
  shift: number;
  /** From the place of a bar to that of its equity. */
  point: number;
  /** The decision's rows. */
  readonly rows: ColumnSeries;
  readonly account: Account;
  readonly pending: Pending;
  /** Of the curve, which was made as long as there are bars. */
  readonly equities: Float64Array;
  // What stays as it is, within reach: bar by bar, looking it up would cost more than the arithmetic.
  readonly stamps: Float64Array;
  readonly mark: Float64Array;
  readonly buy: Float64Array;
  readonly sell: Float64Array;
  readonly last: Float64Array;
  readonly tolerance: number;
}

export function createSolo(run: Run, rule: TargetRule): Solo {
  const { stamps, mark, buy, sell } = run.quotes[0]!;
  return {
    run,
    rule,
    ready: false,
    from: 0,
    bar: 0,
    events: 0,
    shift: 0,
    point: 0,
    rows: rule.lanes[0]!.series,
    account: run.account,
    pending: run.pending,
    equities: run.curve.equity,
    stamps,
    mark,
    buy,
    sell,
    last: rule.last,
    tolerance: run.stale.tolerance,
  };
}

/**
 * Goes on to `to`. False in front of a bar up to `to` that needs `step`: one before the first decision, without a price, after a gap, without
 * a row of its own, the last of the symbol, a ruin, or any after it. False as well in front of a row up to `to` that no such bar has.
 */
export function advanceSolo(solo: Solo, to: number): boolean {
  if (solo.ready && solo.stamps[solo.bar]! <= to) pass(solo, to);
  return !(solo.stamps[solo.bar]! <= to) && !isUnheard(solo, to);
}

/** A row that stands at no bar, and that the execution is about to leave behind. */
function isUnheard({ rows, bar, shift }: Solo, to: number): boolean {
  return bar + shift < rows.computed && rows.stamps[bar + shift]! <= to;
}

/**
 * The commonest bar of all, alone: the next one, at the last of the first `count` stamps of the clock, with nothing that waits and nothing
 * that changes. False when it is another; then nothing happened.
 */
export function holdSolo(solo: Solo, clock: Float64Array, count: number): boolean {
  const { account, stamps, mark, buy, sell, rows, bar, shift } = solo;
  const t = stamps[bar]!;
  if (!solo.ready || t !== clock[count - 1]) return false;
  const before = bar === solo.from ? solo.run.pricedAt[0]! : stamps[bar - 1]!;
  const price = mark[bar]!;
  if (
    solo.pending.count > 0 ||
    t - before > solo.tolerance ||
    bar + shift + 1 !== rows.computed ||
    rows.stamps[bar + shift] !== t ||
    rows.values[bar + shift - rows.base] !== solo.last[0] ||
    !(isPrice(price) && isPrice(buy[bar]!) && (buy === sell || isPrice(sell[bar]!)))
  )
    return false;
  const equity = account.cash + account.quantity[0]! * price;
  if (equity <= 0) return false;
  solo.equities[bar + solo.point] = equity;
  solo.bar = bar + 1;
  return true;
}

/** Brings the run to where `advanceSolo` stopped. */
export function settleSolo(solo: Solo): void {
  const { run, rule, bar, shift } = solo;
  const passed = bar - solo.from;
  if (passed === 0) return;
  const { stamps, mark } = solo;
  run.log.decisions += passed - solo.events;
  run.curve.length += passed;
  rule.lanes[0]!.row = bar + shift;
  run.stamps += passed;
  run.account.mark[0] = mark[bar - 1]!;
  run.pricedAt[0] = stamps[bar - 1]!;
  run.pricedIndex[0] = run.stamps - 1;
  run.cursor[0] = bar;
  run.next[0] = stamps[bar]!;
  run.upcoming = stamps[bar]!;
  solo.from = bar;
  solo.point = run.curve.length - bar;
  solo.events = 0;
}

/** Takes up the run where `step` left it. */
export function resumeSolo(solo: Solo): void {
  const { run, rule } = solo;
  solo.ready = !Number.isNaN(run.log.first) && Number.isNaN(run.ruined) && !isUnheeded(rule, 0);
  solo.from = run.cursor[0]!;
  solo.bar = solo.from;
  solo.shift = rule.lanes[0]!.row - solo.from;
  solo.point = run.curve.length - solo.from;
}

/** The end of the bars that can be passed here: the symbol's last one is left to `step`. */
function endOf({ stamps, rows, bar, shift }: Solo, to: number): number {
  const least = Math.min(stamps.length - 1, rows.computed - shift);
  if (bar >= least || stamps[least - 1]! <= to) return least;
  return stamps[bar + 1]! > to ? bar + 1 : upperBound(stamps, to);
}

function isOrdinary({ mark, buy, sell, rows, tolerance, bar, shift }: Solo, t: number, before: number): boolean {
  return (
    t - before <= tolerance &&
    rows.stamps[bar + shift] === t &&
    isPrice(mark[bar]!) &&
    isPrice(buy[bar]!) &&
    isPrice(sell[bar]!)
  );
}

function pass(solo: Solo, to: number): void {
  const { run, rule, account, pending, equities, shift, point, stamps, buy, sell, mark, tolerance } = solo;
  const { now } = run;
  const lane = rule.lanes[0]!;
  const end = endOf(solo, to);
  const { stamps: rowStamps, values, base } = solo.rows;
  const sameRows = rowStamps === stamps && shift === 0;
  const place = shift - base;
  const oneQuote = sell === buy;
  let at = solo.bar;
  let before = at === solo.from ? run.pricedAt[0]! : stamps[at - 1]!;
  bars: while (at < end) {
    if (pending.count > 0) {
      solo.bar = at;
      now.stamp = stamps[at]!;
      if (!isOrdinary(solo, now.stamp, before)) return;
      run.cursor[0] = at;
      run.next[0] = now.stamp;
      fillAtOpen(run);
    }
    const target = rule.last[0]!;
    const held = account.quantity[0]!;
    const { cash } = account;
    // No call in here: what it reads stays in registers.
    for (; at < end; at++) {
      const t = stamps[at]!;
      if (t - before > tolerance || !(sameRows || rowStamps[at + shift] === t)) break bars;
      const price = mark[at]!;
      if (!(isPrice(price) && isPrice(buy[at]!) && (oneQuote || isPrice(sell[at]!)))) break bars;
      const equity = cash + held * price;
      if (equity <= 0) break bars;
      equities[at + point] = equity;
      before = t;
      if (values[at + place] !== target) break;
    }
    if (at === end) break;
    now.stamp = before;
    now.equity = equities[at + point]!;
    account.mark[0] = mark[at]!;
    lane.row = at + shift;
    decideTarget(rule, 0);
    solo.events++;
    at++;
  }
  solo.bar = at;
}

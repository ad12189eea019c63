import { upperBound } from "../data/sorted.ts";
import type { ColumnSeries } from "../engine/execution.ts";
import type { ColumnArray } from "../schema/cell.ts";
import type { Account } from "./broker.ts";
import { type Calm, calmUntil, isCalm } from "./calm.ts";
import { type Curve, keepPoint, passPlace } from "./curve.ts";
import { isFree } from "./order-terms.ts";
import type { Pending } from "./pending.ts";
import { createPlainOrders, decidePlain, fillPlain, type PlainOrders } from "./plain-order.ts";
import type { Run } from "./run.ts";
import { fillAtOpen } from "./step.ts";
import { decideTarget, isUnheeded, type TargetRule } from "./targets.ts";

/**
 * A single symbol whose targets act on change. Each bar gets the arithmetic of `step`, in the same order; only the questions that one symbol
 * answers once for many bars are not asked again: what is held between two changes of the target needs no look at all where nothing can
 * go wrong with it, but where its equity is kept.
 *
 * It is a record for the functions below, which close over nothing: what the compiler learns in one run serves the next.
 */
export interface Solo {
  readonly run: Run;
  readonly rule: TargetRule;
  ready: boolean;
  /** Nothing was decided yet, and nothing is held. */
  blank: boolean;
  /** The stamp to go on to; a field, for a number that is passed from call to call is allocated. */
  to: number;
  /** Bars from `from` to before `bar` are passed and not settled; `events` of them went through the rule, or said nothing. */
  from: number;
  bar: number;
  events: number;
  /** Up to before it, nothing waits, nothing can go wrong with what is held, and no point is kept. */
  quiet: number;
  /** From the place of a bar to that of its row. */
  shift: number;
  /** The decision's rows. */
  readonly rows: ColumnSeries;
  readonly account: Account;
  readonly pending: Pending;
  readonly curve: Curve;
  // What stays as it is, within reach: bar by bar, looking it up would cost more than the arithmetic.
  readonly stamps: Float64Array;
  readonly mark: Float64Array;
  readonly last: Float64Array;
  readonly calm: Calm;
  readonly plain: PlainOrders | undefined;
}

export function createSolo(run: Run, rule: TargetRule): Solo {
  const quotes = run.quotes[0]!;
  return {
    run,
    rule,
    ready: false,
    blank: false,
    to: Number.NaN,
    from: 0,
    bar: 0,
    events: 0,
    quiet: 0,
    shift: 0,
    rows: rule.lanes[0]!.series,
    account: run.account,
    pending: run.pending,
    curve: run.curve,
    stamps: quotes.stamps,
    mark: quotes.mark,
    last: rule.last,
    calm: run.market.calm(quotes.symbol, run.stale.tolerance),
    plain: createPlainOrders(run, rule),
  };
}

/**
 * Goes on to {@link Solo.to}. False in front of a bar up to `to` that needs `step`: one before the first decision, without a price, after a gap, without
 * a row of its own, the last of the symbol, a ruin, or any after it. False as well in front of a row up to `to` that no such bar has.
 */
export function advanceSolo(solo: Solo): boolean {
  if (solo.stamps[solo.bar]! <= solo.to) {
    if (solo.ready) pass(solo);
    else if (solo.blank) passBlank(solo);
  }
  solo.quiet = quietUntil(solo);
  return !(solo.stamps[solo.bar]! <= solo.to) && !isUnheard(solo);
}

/** A row that stands at no bar, and that the execution is about to leave behind. */
function isUnheard({ rows, bar, shift, to }: Solo): boolean {
  return bar + shift < rows.computed && rows.stamps[bar + shift]! <= to;
}

/**
 * The commonest bar of all, alone: the next one, at the last of the first `count` stamps of the clock, with nothing that waits and nothing
 * that changes. False when it is another; then nothing happened.
 */
export function holdSolo(solo: Solo, clock: Float64Array, count: number): boolean {
  const { stamps, rows, bar } = solo;
  const row = bar + solo.shift;
  if (
    bar >= solo.quiet ||
    row + 1 !== rows.computed ||
    rows.values[row - rows.base] !== solo.last[0] ||
    // Nearly always all three are one array.
    !(clock === stamps ? count - 1 === bar : clock[count - 1] === stamps[bar]) ||
    !(rows.stamps === stamps ? row === bar : rows.stamps[row] === stamps[bar])
  )
    return false;
  solo.bar = bar + 1;
  return true;
}

function quietUntil({ ready, pending, account, calm, bar, curve }: Solo): number {
  if (!ready || pending.count > 0 || isAtRisk(account) || !isCalm(calm, bar)) return bar;
  // The next point may be infinitely far; a bar is a small integer.
  return curve.next < calm.to ? curve.next | 0 : calm.to;
}

/** Prices could take everything: the account owes cash, or units. */
function isAtRisk({ cash, quantity }: Account): boolean {
  return cash < 0 || quantity[0]! < 0;
}

/** Brings the run to where `advanceSolo` stopped. */
export function settleSolo(solo: Solo): void {
  const { run, rule, bar, shift } = solo;
  const passed = bar - solo.from;
  if (passed === 0) return;
  const { stamps, mark } = solo;
  run.log.decisions += passed - solo.events;
  rule.lanes[0]!.row = bar + shift;
  run.stamps += passed;
  run.lastStamp = stamps[bar - 1]!;
  run.now.stamp = run.lastStamp;
  run.account.mark[0] = mark[bar - 1]!;
  run.pricedAt[0] = stamps[bar - 1]!;
  run.pricedIndex[0] = run.stamps - 1;
  run.cursor[0] = bar;
  run.next[0] = stamps[bar]!;
  run.upcoming = stamps[bar]!;
  solo.from = bar;
  solo.events = 0;
}

/** Takes up the run where `step` left it. */
export function resumeSolo(solo: Solo): void {
  const { run, rule } = solo;
  const begun = !Number.isNaN(run.log.first);
  const plain = Number.isNaN(run.ruined) && !isUnheeded(rule, 0);
  solo.ready = begun && plain && isFree(run.desk.terms);
  solo.blank = !begun && plain && run.arrived[0] === 1 && run.account.quantity[0] === 0 && run.pending.count === 0;
  solo.from = run.cursor[0]!;
  solo.bar = solo.from;
  solo.shift = rule.lanes[0]!.row - solo.from;
  solo.quiet = quietUntil(solo);
}

/** The end of the bars that can be passed here: calm ones up to `to`, with a row each. The symbol's last one is left to `step`. */
function endOf({ stamps, rows, bar, shift, calm, to }: Solo): number {
  const least = Math.min(stamps.length - 1, rows.computed - shift);
  let end = least;
  if (bar < least && !(stamps[least - 1]! <= to)) end = stamps[bar + 1]! > to ? bar + 1 : upperBound(stamps, to);
  end = calmUntil(calm, bar, end);
  if (rows.stamps === stamps && shift === 0) return end;
  let at = bar;
  while (at < end && rows.stamps[at + shift] === stamps[at]) at++;
  return at;
}

/** The bars whose rows are not valid yet: they say nothing, and are not counted as decisions. */
function passBlank(solo: Solo): void {
  const { rows, shift, curve, bar } = solo;
  const end = Math.min(endOf(solo), rows.firstValid - shift);
  if (end <= bar) return;
  solo.events += end - bar;
  while (curve.next < end) passPlace(curve);
  solo.bar = end;
}

function pass(solo: Solo): void {
  const { run, rule, account, pending, curve, shift, stamps, mark, plain } = solo;
  const { now } = run;
  const lane = rule.lanes[0]!;
  const end = endOf(solo);
  const { values, base } = solo.rows;
  const place = shift - base;
  let at = solo.bar;
  while (at < end) {
    if (pending.count > 0 && (plain === undefined || !fillPlain(plain, at))) {
      now.stamp = stamps[at]!;
      run.cursor[0] = at;
      run.next[0] = now.stamp;
      fillAtOpen(run);
    }
    const target = rule.last[0]!;
    const change = changeOf(values, target, at + place, end + place) - place;
    const until = change < end ? change + 1 : end;
    if (isAtRisk(account)) {
      const ruin = ruinIn(account, mark, at, until);
      if (ruin < until) {
        keepPoints(solo, ruin);
        solo.bar = ruin;
        return;
      }
    }
    if (curve.next < until) keepPoints(solo, until);
    if (change === end) {
      at = end;
      break;
    }
    account.mark[0] = mark[change]!;
    at = change + 1;
    if (plain !== undefined && decidePlain(plain, change, values[change + place]!)) continue;
    now.stamp = stamps[change]!;
    now.equity = account.cash + account.quantity[0]! * mark[change]!;
    lane.row = change + shift;
    decideTarget(rule, 0);
    solo.events++;
  }
  solo.bar = at;
}

/** The first row from `from` on that says something else; `end` when there is none before it. */
function changeOf(values: ColumnArray, target: number, from: number, end: number): number {
  let row = from;
  // Four rows a turn: a turn of the loop costs as much as a comparison.
  while (
    row < end - 3 &&
    values[row] === target &&
    values[row + 1] === target &&
    values[row + 2] === target &&
    values[row + 3] === target
  )
    row += 4;
  while (row < end && values[row] === target) row++;
  return row;
}

/** The first bar whose close takes everything; `until` when there is none. */
function ruinIn({ cash, quantity }: Account, mark: Float64Array, from: number, until: number): number {
  const held = quantity[0]!;
  let at = from;
  while (at < until && cash + held * mark[at]! > 0) at++;
  return at;
}

/** Those of the bars before `until`, at what is held now. */
function keepPoints({ run, curve, account, stamps, mark }: Solo, until: number): void {
  const { cash } = account;
  const held = account.quantity[0]!;
  while (curve.next < until) {
    const bar = curve.next;
    const position = held * mark[bar]!;
    const equity = cash + position;
    keepPoint(curve, stamps[bar]!, equity, position === 0 ? 0 : Math.abs(position) / equity);
    run.lastKept = bar;
    passPlace(curve);
  }
}

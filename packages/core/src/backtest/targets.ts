import type { KeptColumn } from "../engine/execution.ts";
import { QmtlError } from "../schema/error.ts";
import type { ColumnRef, DecisionSpec } from "../strategy/graph.ts";
import { admit } from "./admission.ts";
import { clearBook, enterBook, workingOrder } from "./book.ts";
import type { Brokerage } from "./brokerage.ts";
import type { DecisionRule, Desk, TargetOrder } from "./decision-rule.ts";
import { KIND } from "./fill-log.ts";
import { type Lane, openLanes, requireComputed, skipBefore, stampOf } from "./lane.ts";
import { limitTo } from "./limit-order.ts";
import { roundToLot, sameQuantity } from "./lot.ts";
import type { OrderEvent } from "./order-log.ts";
import { passed } from "./order-terms.ts";
import { marketTerms, type OrderType } from "./order-type.ts";
import { cancel, NOTHING, place } from "./pending.ts";
import { unitsOfWeight } from "./size.ts";

export type TargetSpec = Extract<DecisionSpec, { readonly target: unknown }>;

/** The symbols that targets are set for, each with its column. */
export function targetLanes(spec: TargetSpec, columns: (ref: ColumnRef) => KeptColumn): ReadonlyMap<string, Lane> {
  if (spec.target.kind === "panel") return openLanes(columns, spec.target.ref);
  const lanes = new Map<string, Lane>();
  for (const [symbol, ref] of Object.entries(spec.target.columns))
    for (const [, lane] of openLanes(columns, ref, symbol)) lanes.set(symbol, lane);
  return lanes;
}

export interface TargetRule extends DecisionRule {
  readonly desk: Desk;
  readonly act: Brokerage["act"];
  readonly weights: boolean;
  readonly lanes: readonly Lane[];
  /** The target that acted last, per symbol. */
  readonly last: Float64Array;
  /** Of the rows read since the symbol's last bar: the last value, `NaN` for none, and how many held one, and how many none. */
  readonly said: Float64Array;
  readonly spoken: Int32Array;
  readonly silent: Int32Array;
  /** Rows up to this stamp are read; a field, for a number that is passed from call to call is allocated. */
  until: number;
}

/**
 * Target weights and positions. Of the rows that stand between two bars of a symbol the last one that says something counts.
 *
 * When one acts (`act`): `change`, when it differs from the symbol's last target, which is 0 at first; `every-bar`, on every bar that has
 * one; `band`, when the quantity it asks for is further from the held one than this fraction of the larger of the two, and always when it
 * closes or flips.
 */
export function createTargetRule(
  desk: Desk,
  options: { readonly kind: TargetSpec["kind"]; readonly lanes: readonly Lane[]; readonly act: Brokerage["act"] },
): TargetRule {
  const { lanes, act } = options;
  const rule: TargetRule = {
    desk,
    act,
    weights: options.kind === "targetWeights",
    lanes,
    last: new Float64Array(lanes.length),
    said: new Float64Array(lanes.length).fill(Number.NaN),
    spoken: new Int32Array(lanes.length),
    silent: new Int32Array(lanes.length),
    until: Number.NaN,
    arrive(s) {
      forget(rule, s);
      skipBefore(lanes[s]!, desk.now.stamp);
    },
    decide: (s) => decideTarget(rule, s),
    listen(to) {
      rule.until = to;
      for (let s = 0; s < lanes.length; s++) hear(rule, s, false);
    },
    forget(s) {
      rule.last[s] = Number.NaN;
    },
  };
  return rule;
}

/** True when rows were read that no bar of the symbol has acted on. */
export function isUnheeded({ spoken, silent }: TargetRule, s: number): boolean {
  return spoken[s]! + silent[s]! > 0;
}

/** Reads the rows up to `until`. @throws `backtest.behind` for one that is not computed, where all are `wanted` */
function hear(rule: TargetRule, s: number, wanted: boolean): void {
  const lane = rule.lanes[s]!;
  const { series } = lane;
  while (lane.row - series.origin < series.stamps.length && stampOf(lane, lane.row) <= rule.until) {
    const row = lane.row;
    if (wanted) requireComputed(lane, row);
    else if (row >= series.computed) return;
    lane.row = row + 1;
    if (row < series.firstValid) continue;
    const value = series.values[row - series.base]!;
    if (Number.isNaN(value)) rule.silent[s]!++;
    else {
      rule.spoken[s]!++;
      rule.said[s] = value;
    }
  }
}

function forget({ said, spoken, silent }: TargetRule, s: number): void {
  said[s] = Number.NaN;
  spoken[s] = 0;
  silent[s] = 0;
}

/** At the close of a symbol's bar. */
export function decideTarget(rule: TargetRule, s: number): void {
  rule.until = rule.desk.now.stamp;
  hear(rule, s, true);
  if (!isUnheeded(rule, s)) return;
  heed(rule, s);
  forget(rule, s);
}

function heed(rule: TargetRule, s: number): void {
  const { log, now, account, instruments } = rule.desk;
  const spoken = rule.spoken[s]!;
  const silent = rule.silent[s]!;
  if (Number.isNaN(log.first)) log.first = now.stamp;
  // Without a close yet nothing can be sized, so nothing was decided.
  if (account.mark[s] === 0) {
    log.undecided += spoken + silent;
    return;
  }
  log.decisions += spoken;
  log.undecided += silent;
  const target = rule.said[s]!;
  if (spoken === 0 || (rule.act.kind === "change" && target === rule.last[s])) return;
  if (!Number.isFinite(target)) refuseInfinite(target, instruments[s]!.symbol, now.stamp);
  aim(rule, s);
}

/** Units that a target asks for. */
export function sizeOf(
  { desk, weights }: TargetRule,
  target: number,
  equity: number,
  mark: number,
  lot: number,
): number {
  const { part } = desk.terms;
  return weights ? unitsOfWeight(target, part, equity, mark, lot) : roundToLot(target * part, lot);
}

function aim(rule: TargetRule, s: number): void {
  const { desk, act, said, last } = rule;
  const target = said[s]!;
  const { account, now, terms, instruments } = desk;
  const { lot } = instruments[s]!;
  const held = account.quantity[s]!;
  const wish = sizeOf(rule, target, now.equity, account.mark[s]!, lot);
  const passes = passed(terms, held, wish);
  const may = passes === undefined || terms.limits === undefined ? passes : limitTo(desk, s, passes, String(target));
  // What did not pass the gate in full, or no limit at all, has not acted: it is asked for again on the next bar. What a limit cut has.
  if (passes === wish && (may === wish || may !== held)) last[s] = target;
  if (may === undefined) {
    desk.orders?.push({ kind: "refused", symbol: instruments[s]!.symbol, time: now.stamp, to: wish });
    return;
  }
  const to = admit(desk, s, may);
  if (to === undefined) return;
  // What is held will do: an order that still waits for an older target is obsolete.
  if (sameQuantity(to, held, lot) || (act.kind === "band" && within(act.fraction, to, held))) withdraw(desk, s);
  else if (desk.target === undefined) {
    desk.orders?.push(placed(desk, s, "market", to));
    const { pending } = desk;
    pending.to[s] = to;
    pending.decided[s] = now.stamp;
    place(pending, s, KIND.target);
  } else order(desk, desk.target, s, to);
}

function withdraw({ pending, book, target, orders, now, instruments }: Desk, s: number): void {
  const waiting = target === undefined ? pending.kind[s] !== NOTHING : book.entries[s]!.length > 0;
  if (!waiting) return;
  const to = target === undefined ? pending.to[s]! : book.entries[s]![0]!.to;
  orders?.push({ kind: "withdrawn", symbol: instruments[s]!.symbol, time: now.stamp, to });
  if (target === undefined) cancel(pending, s);
  else clearBook(book, s, "entries");
}

function placed({ instruments, now, account }: Desk, s: number, type: OrderType, to: number): OrderEvent {
  const { symbol } = instruments[s]!;
  return { kind: "placed", symbol, time: now.stamp, because: "target", type, quantity: to - account.quantity[s]!, to };
}

/** A newer target replaces what waits for an older one. */
function order(desk: Desk, { fill, timeInForce }: TargetOrder, s: number, to: number): void {
  const { book, account, now } = desk;
  clearBook(book, s, "entries");
  const type = marketTypeOf(fill);
  desk.orders?.push(placed(desk, s, type, to));
  enterBook(
    book,
    "entries",
    s,
    workingOrder({
      number: ++account.orders,
      kind: KIND.target,
      terms: marketTerms(type, to > account.quantity[s]! ? 1 : -1),
      decided: now.stamp,
      to,
      timeInForce,
      auction: fill === "next-close" ? "bar" : "session",
    }),
  );
}

/** What the order of a target is called. */
export function marketTypeOf(fill: TargetOrder["fill"]): "market" | "market-on-open" | "market-on-close" {
  return fill === "next-open" ? "market" : fill === "next-close" ? "market-on-close" : fill;
}

function within(fraction: number, to: number, held: number): boolean {
  if (to * held <= 0) return false;
  return Math.abs(to - held) <= fraction * Math.max(Math.abs(to), Math.abs(held));
}

function refuseInfinite(target: number, symbol: string, bar: number): never {
  throw new QmtlError({
    code: "backtest.invalid-target",
    message: `The target of ${symbol} is ${target} in the bar that ends ${new Date(bar).toISOString()}`,
    place: { symbol, bar },
    class: "rejected",
    next: "Bound the target, or return NaN to keep what is held.",
  });
}

import type { KeptColumn } from "../engine/execution.ts";
import { QmtlError } from "../schema/error.ts";
import type { ColumnRef, DecisionSpec } from "../strategy/graph.ts";
import type { Brokerage } from "./brokerage.ts";
import type { DecisionRule, Desk } from "./decision-rule.ts";
import { KIND } from "./fill-log.ts";
import { type Lane, openLanes, requireComputed, skipBefore } from "./lane.ts";
import { roundToLot, sameQuantity } from "./lot.ts";
import { cancel, place } from "./pending.ts";

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
  readonly lanes: readonly Lane[];
  /** The target that acted last, per symbol. */
  readonly last: Float64Array;
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
  const { instruments, account, pending, log, now, part } = desk;
  const { lanes, act } = options;
  const weights = options.kind === "targetWeights";
  const last = new Float64Array(lanes.length);

  function aim(s: number, target: number): void {
    if (act.kind === "change" && target === last[s]) return;
    const mark = account.mark[s]!;
    last[s] = target;
    const wish = weights ? (target * part * now.equity) / mark : target * part;
    const { lot } = instruments[s]!;
    const to = roundToLot(wish, lot);
    const held = account.quantity[s]!;
    // What is held will do: an order that still waits for an older target is obsolete.
    if (sameQuantity(to, held, lot) || (act.kind === "band" && within(act.fraction, to, held))) cancel(pending, s);
    else place(pending, s, KIND.target, to, now.stamp);
  }

  return {
    lanes,
    last,
    levels: undefined,
    arrive: (s) => skipBefore(lanes[s]!, now.stamp),
    decide(s) {
      const lane = lanes[s]!;
      const { stamp } = now;
      let target = Number.NaN;
      const { stamps } = lane.series;
      while (lane.row < stamps.length && stamps[lane.row]! <= stamp) {
        const row = lane.row;
        requireComputed(lane, row);
        lane.row = row + 1;
        if (row < lane.series.firstValid) continue;
        if (Number.isNaN(log.first)) log.first = stamp;
        const value = lane.series.values[row]!;
        // Without a close yet nothing can be sized, so nothing was decided.
        if (Number.isNaN(value) || account.mark[s] === 0) log.undecided++;
        else {
          log.decisions++;
          target = value;
        }
      }
      if (Number.isNaN(target)) return;
      if (!Number.isFinite(target)) refuseInfinite(target, instruments[s]!.symbol, stamp);
      aim(s, target);
    },
  };
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

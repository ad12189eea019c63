import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import { BEFORE, bodyOf, CANDLE_COLUMNS, candleKernel, FIRST, NEWEST, type Ohlc, rangeOf } from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel = candleKernel("morningStar", 1, 3, (of) => {
  const first = bodyOf(of, FIRST);
  const middle = (of[FIRST]! + of[FIRST + 3]!) / 2;
  if (!(Math.abs(first) >= 0.5 * rangeOf(of, FIRST) && Math.abs(bodyOf(of, BEFORE)) <= 0.3 * Math.abs(first))) return 0;
  const small = Math.max(of[BEFORE]!, of[BEFORE + 3]!) <= middle;
  return first < 0 && small && bodyOf(of, NEWEST) > 0 && of[NEWEST + 3]! >= middle ? 1 : 0;
});

export const morningStarSignature = signature({
  name: "morningStar",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Morning star: 1 where a falling bar, its body at least half of its range, is followed by a small one (at most 0.3 of that body), all of whose
 * body is below the middle of the first, and then by a rising one that closes at that middle or above; else 0.
 *
 * First valid: 2. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const turned = morningStar(bars);
 */
export function morningStar<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(morningStarSignature, [panel]) as Column<I32, I, A>;
}

import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import { bodyOf, CANDLE_COLUMNS, candleKernel, NEWEST, type Ohlc, rangeOf } from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel = candleKernel("doji", 1, 1, (of) => {
  const range = rangeOf(of, NEWEST);
  return range > 0 && Math.abs(bodyOf(of, NEWEST)) <= 0.1 * range ? 1 : 0;
});

export const dojiSignature = signature({
  name: "doji",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Doji: 1 where the body is at most a tenth of the range, and there is a range; else 0.
 *
 * First valid: 0. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const undecided = doji(bars);
 */
export function doji<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(dojiSignature, [panel]) as Column<I32, I, A>;
}

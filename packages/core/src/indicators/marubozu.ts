import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import { bodyOf, CANDLE_COLUMNS, candleKernel, NEWEST, type Ohlc, rangeOf } from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel = candleKernel("marubozu", 1, 1, (of) => {
  const range = rangeOf(of, NEWEST);
  const body = bodyOf(of, NEWEST);
  if (!(range > 0 && Math.abs(body) >= 0.95 * range)) return 0;
  return body > 0 ? 1 : -1;
});

export const marubozuSignature = signature({
  name: "marubozu",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Marubozu: 1 where a rising body, -1 where a falling one, is at least 95 percent of the range; else 0.
 *
 * First valid: 0. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const resolute = marubozu(bars);
 */
export function marubozu<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(marubozuSignature, [panel]) as Column<I32, I, A>;
}

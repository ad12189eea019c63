import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import { BEFORE, bodyOf, CANDLE_COLUMNS, candleKernel, NEWEST, type Ohlc, rangeOf } from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel = candleKernel("piercing", 1, 2, (of) => {
  const body = bodyOf(of, NEWEST);
  const before = bodyOf(of, BEFORE);
  if (!(body * before < 0 && Math.abs(before) >= 0.5 * rangeOf(of, BEFORE))) return 0;
  const [open, close, lastOpen, lastClose] = [of[NEWEST]!, of[NEWEST + 3]!, of[BEFORE]!, of[BEFORE + 3]!];
  const middle = (lastOpen + lastClose) / 2;
  if (body > 0) return open < lastClose && close > middle && close < lastOpen ? 1 : 0;
  return open > lastClose && close < middle && close > lastOpen ? -1 : 0;
});

export const piercingSignature = signature({
  name: "piercing",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Piercing line and dark cloud: 1 where a bar opens below the close of a falling bar, whose body is at least half of its range, and closes above
 * the middle of that body but not above it; -1 for the mirror image; else 0.
 *
 * First valid: 1. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const reversal = piercing(bars);
 */
export function piercing<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(piercingSignature, [panel]) as Column<I32, I, A>;
}

import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import { BEFORE, bodyOf, CANDLE_COLUMNS, candleKernel, NEWEST, type Ohlc } from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel = candleKernel("engulfing", 1, 2, (of) => {
  const body = bodyOf(of, NEWEST);
  const before = bodyOf(of, BEFORE);
  if (!(body * before < 0 && Math.abs(body) > Math.abs(before))) return 0;
  const [open, close, lastOpen, lastClose] = [of[NEWEST]!, of[NEWEST + 3]!, of[BEFORE]!, of[BEFORE + 3]!];
  if (body > 0) return open <= lastClose && close >= lastOpen ? 1 : 0;
  return open >= lastClose && close <= lastOpen ? -1 : 0;
});

export const engulfingSignature = signature({
  name: "engulfing",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Engulfing: 1 where a rising body covers the falling body before it, and is longer; -1 where a falling body covers a rising one; else 0.
 *
 * First valid: 1. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const reversal = engulfing(bars);
 */
export function engulfing<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(engulfingSignature, [panel]) as Column<I32, I, A>;
}

import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import { BEFORE, bodyOf, CANDLE_COLUMNS, candleKernel, FIRST, NEWEST, type Ohlc, type Side } from "./candle.ts";
import { build, signature } from "./indicator.ts";

/** Each bar and the one before it. */
const STEPS = [
  [NEWEST, BEFORE],
  [BEFORE, FIRST],
] as const;

const kernel = candleKernel("threeSoldiers", 1, 3, (of) => {
  const side = Math.sign(bodyOf(of, NEWEST));
  if (side === 0) return 0;
  for (const [at, last] of STEPS) {
    const open = side * of[at]!;
    const ahead = side * (of[at + 3]! - of[last + 3]!) > 0;
    if (!(side * bodyOf(of, last) > 0 && ahead && open >= side * of[last]! && open <= side * of[last + 3]!)) return 0;
  }
  return side as Side;
});

export const threeSoldiersSignature = signature({
  name: "threeSoldiers",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Three white soldiers and three black crows: 1 where three rising bars follow each other, each opening within the body before it and closing
 * beyond it; -1 for three falling ones; else 0.
 *
 * First valid: 2. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const marching = threeSoldiers(bars);
 */
export function threeSoldiers<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(threeSoldiersSignature, [panel]) as Column<I32, I, A>;
}

import type { I32 } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import {
  bodyOf,
  CANDLE_COLUMNS,
  candleKernel,
  lowerShadowOf,
  NEWEST,
  type Ohlc,
  rangeOf,
  upperShadowOf,
} from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel = candleKernel("hammer", 1, 1, (of) => {
  const range = rangeOf(of, NEWEST);
  const body = Math.abs(bodyOf(of, NEWEST));
  if (!(range > 0 && body > 0.1 * range)) return 0;
  return lowerShadowOf(of, NEWEST) >= 2 * body && upperShadowOf(of, NEWEST) <= 0.1 * range ? 1 : 0;
});

export const hammerSignature = signature({
  name: "hammer",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Hammer: 1 where the lower shadow is at least twice the body, the upper one at most a tenth of the range, and the body more than that (else
 * it is a {@link doji}); else 0. What came before is left to you.
 *
 * First valid: 0. Settles: there. A NaN gives 0.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const turned = hammer(bars);
 */
export function hammer<I extends Interval, A extends Scope>(panel: Panel<Ohlc, I, A>): Column<I32, I, A> {
  return build(hammerSignature, [panel]) as Column<I32, I, A>;
}

import type { Figure } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";

/** The share of worst periods that `var_95` and `es_95` look at. */
export const TAIL = 0.05;

function sorted(returns: Float64Array, tail: number): Float64Array | string {
  const least = Math.ceil(1 / tail);
  if (returns.length < least) return `${returns.length} returns hold no tail of ${tail}: it takes ${least}`;
  return returns.slice().sort();
}

/**
 * Historical value at risk of one period: minus the `tail` quantile of the returns, interpolated linearly between order statistics
 * (type 7 of Hyndman & Fan 1996). Positive is a loss.
 */
export function valueAtRisk(returns: Float64Array, tail: number): Figure {
  const values = sorted(returns, tail);
  if (typeof values === "string") return missing(values);
  const position = (values.length - 1) * tail;
  const below = Math.floor(position);
  const low = values[below]!;
  const high = values[below + 1] ?? low;
  return figure(-(low + (position - below) * (high - low)));
}

/**
 * Historical expected shortfall of one period: minus the mean of the worst `tail` share of the returns, where the return at the
 * edge counts by the part of it that lies inside. Positive is a loss.
 *
 * @see Acerbi & Tasche (2002), "On the coherence of expected shortfall", Journal of Banking & Finance 26(7), equation 4.1
 */
export function expectedShortfall(returns: Float64Array, tail: number): Figure {
  const values = sorted(returns, tail);
  if (typeof values === "string") return missing(values);
  const share = values.length * tail;
  const whole = Math.floor(share);
  let sum = 0;
  for (let i = 0; i < whole; i++) sum += values[i]!;
  sum += (share - whole) * (values[whole] ?? 0);
  return figure(-sum / share);
}

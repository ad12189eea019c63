import type { Figure } from "../plugin/contract/evaluator.ts";
import { commonWindow, MIN_OVERLAP, type ReturnSeries } from "./common-window.ts";
import { moments } from "./moments.ts";

/** Pearson's correlation of the returns at the periods that both series have. Symmetric to the last bit. */
export function correlation(a: ReturnSeries, b: ReturnSeries): Figure {
  const [left, right] = commonWindow([a, b]) as readonly [Float64Array, Float64Array];
  if (left.length < MIN_OVERLAP)
    return { kind: "undefined", because: `they share ${left.length} periods, and it takes ${MIN_OVERLAP}` };
  const [x, y] = [moments(left), moments(right)];
  if (!x.varies || !y.varies)
    return { kind: "undefined", because: "one of them does not vary over the periods they share" };
  let products = 0;
  for (let i = 0; i < left.length; i++) products += (left[i]! - x.mean) * (right[i]! - y.mean);
  const value = products / (left.length - 1) / (x.deviation * y.deviation);
  if (!Number.isFinite(value)) return { kind: "undefined", because: "their returns hold a value that is not finite" };
  return { kind: "value", value: Math.min(1, Math.max(-1, value)) };
}

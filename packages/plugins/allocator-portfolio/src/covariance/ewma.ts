import type { Square } from "../cholesky.ts";
import { products } from "./moments.ts";

/** The covariance in which a period counts half as much as one that is `halfLife` periods younger. */
export function ewmaCovariance(series: readonly Float64Array[], halfLife: number): Square {
  const periods = series[0]?.length ?? 0;
  const weights = Float64Array.from({ length: periods }, (_, t) => 0.5 ** ((periods - 1 - t) / halfLife));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = series.map((one) => {
    const mean = one.reduce((sum, value, t) => sum + weights[t]! * value, 0) / total;
    return one.map((value, t) => Math.sqrt(weights[t]! / total) * (value - mean));
  });
  return products(scaled, 1);
}

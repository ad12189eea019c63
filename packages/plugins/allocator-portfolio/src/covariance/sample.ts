import type { Square } from "../cholesky.ts";
import { centred, products } from "./moments.ts";

/** The sample covariance with `T - 1`. */
export function sampleCovariance(series: readonly Float64Array[]): Square {
  const periods = series[0]?.length ?? 0;
  return products(centred(series), 1 / (periods - 1));
}

import { type BestShares, bestShares } from "./best-shares.ts";
import { square } from "./cholesky.ts";
import { beyond, type ShareLimit } from "./limits.ts";

/** The shares within the limits that are nearest to these, by the sum of squared differences. */
export function nearest(
  wanted: Float64Array,
  of: { readonly limits: readonly ShareLimit[]; readonly held: Float64Array; readonly budget: number },
): BestShares | undefined {
  const { limits, held } = of;
  if (limits.every((limit) => beyond(limit, wanted, held) <= 0))
    return { shares: wanted, binding: [], gaveWay: [], residual: 0 };
  const size = wanted.length;
  const quadratic = square(size);
  for (let i = 0; i < size; i++) quadratic.values[i * size + i] = 1;
  return bestShares({ ...of, quadratic, linear: wanted.map((share) => -share), invest: "full" });
}

import type { Figure } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";

/** Fractions below the running peak at each period's end. The peak begins with the starting equity, which is not itself an entry. */
function depths(equity: Float64Array): Float64Array | undefined {
  const found = new Float64Array(Math.max(0, equity.length - 1));
  let peak = equity[0] ?? Number.NaN;
  if (!(peak > 0)) return undefined;
  for (let i = 1; i < equity.length; i++) {
    const value = equity[i]!;
    if (value > peak) peak = value;
    found[i - 1] = 1 - value / peak;
  }
  return found;
}

function over(equity: Float64Array, then: (depths: Float64Array) => number): Figure {
  if (equity.length < 2) return missing("there is no period");
  const found = depths(equity);
  return found === undefined ? missing("the starting equity is not above zero") : figure(then(found));
}

/** The deepest fall below a running peak, a positive fraction of that peak. `equity` begins with the starting equity. */
export function maxDrawdown(equity: Float64Array): Figure {
  return over(equity, (found) => found.reduce((deepest, depth) => Math.max(deepest, depth), 0));
}

/**
 * Root of the mean square of the depth below the running peak over all period ends, as a fraction (Martin's index divided by 100).
 *
 * @see Martin & McCann (1989), "The Investor's Guide to Fidelity Funds"
 */
export function ulcerIndex(equity: Float64Array): Figure {
  return over(equity, (found) => Math.sqrt(found.reduce((sum, depth) => sum + depth * depth, 0) / found.length));
}

/** Share of period ends with the equity below its running peak. */
export function timeUnderWater(equity: Float64Array): Figure {
  return over(equity, (found) => found.reduce((count, depth) => count + (depth > 0 ? 1 : 0), 0) / found.length);
}

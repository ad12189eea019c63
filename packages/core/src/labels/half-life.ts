import { QmtlError } from "../schema/error.ts";

/**
 * Bars in which a deviation halves: `-ln 2 / ln(1 + b)`, with b the slope of the changes over the values before them (an
 * Ornstein-Uhlenbeck process in steps; Chan 2013, "Algorithmic Trading", chapter 2). A natural number of bars for a barrier in time.
 *
 * @throws `labels.no-half-life` for fewer than three finite values, values that do not vary, and a series that does not revert
 * @example
 * halfLife([1, 0.5, 0.25, 0.125]); // 1
 */
export function halfLife(values: readonly number[] | Float64Array): number {
  const { length } = values;
  if (length < 3 || !Array.prototype.every.call(values, Number.isFinite))
    refuse(`${length < 3 ? `${length} values` : "Values that are no numbers"} have no half-life`);
  const count = length - 1;
  let meanBefore = 0;
  let meanChange = 0;
  for (let i = 0; i < count; i++) {
    meanBefore += values[i]!;
    meanChange += values[i + 1]! - values[i]!;
  }
  meanBefore /= count;
  meanChange /= count;
  let variance = 0;
  let covariance = 0;
  for (let i = 0; i < count; i++) {
    const away = values[i]! - meanBefore;
    variance += away * away;
    covariance += away * (values[i + 1]! - values[i]! - meanChange);
  }
  const slope = covariance / variance;
  if (!(slope < 0 && slope > -1)) refuse("The values do not revert to their mean step by step");
  return -Math.LN2 / Math.log1p(slope);
}

function refuse(message: string): never {
  throw new QmtlError({
    code: "labels.no-half-life",
    message,
    next: "Pass three finite values or more of a series that reverts, such as a spread.",
  });
}

import type { Bool, F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period } from "../strategy/column.ts";
import { bucketSignature } from "./cross-bucket.ts";
import { demeanSignature } from "./cross-demean.ts";
import { neutralizeSignature } from "./cross-neutralize.ts";
import { normalizeSignature } from "./cross-normalize.ts";
import { rankSignature } from "./cross-rank.ts";
import { topSignature } from "./cross-top.ts";
import { winsorizeSignature } from "./cross-winsorize.ts";
import { crossZscoreSignature } from "./cross-zscore.ts";
import { build } from "./indicator.ts";

/**
 * Kernels across the symbols of one bar. Only symbols that are present take part; a NaN takes no part and stays NaN (false in
 * `top`). First valid: 0. They have no memory.
 *
 * @throws `strategy.wrong-scope` for a market column, `strategy.wrong-dtype`
 * @example
 * const long = cross.top(returns(lag(monthly.close, 1), 12), 3);
 */
export const cross = Object.freeze({
  /** Rank from 0 (lowest) to 1 (highest); ties share the mean of their ranks, and a lone symbol is in the middle, 0.5. */
  rank: <I extends Interval>(column: Column<Num, I>): Column<F64<"fraction">, I> =>
    build(rankSignature, [column]) as Column<F64<"fraction">, I>,
  /** Distance from the mean of the symbols in sample standard deviations; NaN for fewer than two, or when all are equal. */
  zscore: <I extends Interval>(column: Column<Num, I>): Column<F64, I> =>
    build(crossZscoreSignature, [column]) as Column<F64, I>,
  /** True for the `count` highest; ties go by the universe's order. */
  top: <I extends Interval, const N extends number>(column: Column<Num, I>, count: Period<N>): Column<Bool, I> =>
    build(topSignature, [column, count]) as Column<Bool, I>,
  /** Scales so that the absolute values of a bar sum to `gross`; zeros alone stay zeros. */
  normalize: <I extends Interval>(column: Column<Num, I>, gross: number): Column<F64<"fraction">, I> =>
    build(normalizeSignature, [column, gross]) as Column<F64<"fraction">, I>,
  /** Distance from the mean of the symbols. */
  demean: <U extends Unit, I extends Interval>(column: Column<Num<U>, I>): Column<F64<U>, I> =>
    build(demeanSignature, [column]) as Column<F64<U>, I>,
  /** Cuts off what lies beyond the quantiles `share` and `1 - share` of the symbols; `share` is 0 to 0.5. */
  winsorize: <U extends Unit, I extends Interval>(column: Column<Num<U>, I>, share: number): Column<F64<U>, I> =>
    build(winsorizeSignature, [column, share]) as Column<F64<U>, I>,
  /** Which of `count` buckets of about equal size, 0 for the lowest; equal values share the bucket of the first of them. */
  bucket: <I extends Interval, const N extends number>(
    column: Column<Num, I>,
    count: Period<N>,
  ): Column<F64<"bucket">, I> => build(bucketSignature, [column, count]) as Column<F64<"bucket">, I>,
  /** What a straight line of least squares over `against`, through the symbols that have both, leaves of the column. */
  neutralize: <U extends Unit, I extends Interval>(
    column: Column<Num<U>, I>,
    against: Column<Num, NoInfer<I>>,
  ): Column<F64<U>, I> => build(neutralizeSignature, [column, against]) as Column<F64<U>, I>,
});

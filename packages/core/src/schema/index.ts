/** `@qmtl/core/schema`: what a column holds, and which columns travel together. */
export type { Bool, Categorical, Cell, ColumnArray, Columns, F64, I32, Num, Unit, Value } from "./cell.ts";
export { bool, categorical, f64, fraction, i32, percent, price, quantity, seconds, unit } from "./cell.ts";
export type { ErrorClass, ErrorPlace, QmtlErrorFields, QmtlErrorJson } from "./error.ts";
export { errorFromJson, isQmtlError, QmtlError } from "./error.ts";
export type { Interval } from "./interval.ts";
export {
  compareIntervals,
  INTERVALS,
  intervalLength,
  isCalendarInterval,
  isInterval,
  requireInterval,
} from "./interval.ts";
export type { BookTop, Fold, Ohlcv, Schema } from "./schema.ts";
export { bookTop, ohlcv, schema } from "./schema.ts";

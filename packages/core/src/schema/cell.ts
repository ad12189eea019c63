/** What one cell of a column holds. */

/** What a number measures. Any string is a unit; two units fit only when they are equal. `"none"` is a bare number. */
export type Unit = string;

/** 64-bit float. `NaN` means "no value at this bar". */
export interface F64<U extends Unit = "none"> {
  readonly dtype: "f64";
  readonly unit: U;
}

/** 32-bit signed integer. It has no missing value. */
export interface I32<U extends Unit = "none"> {
  readonly dtype: "i32";
  readonly unit: U;
}

export interface Bool {
  readonly dtype: "bool";
  /** Never there. Declared so that the compiler speaks of the dtype where numbers are expected. */
  readonly unit?: never;
}

/** One of a closed list of words; stored as its position in the list, seen by `compute` as the word. */
export interface Categorical<V extends string> {
  readonly dtype: "categorical";
  readonly values: readonly V[];
  /** Never there; see {@link Bool}. */
  readonly unit?: never;
}

export type Cell = F64<Unit> | I32<Unit> | Bool | Categorical<string>;

/** A column of numbers, of either width. */
export type Num<U extends Unit = Unit> = F64<U> | I32<U>;

/** Column name to cell. Names are free: nothing of ours shares their namespace. */
export type Columns = { readonly [column: string]: Cell };

/** What a `compute` sees, and returns, for one cell. */
export type Value<T extends Cell> = T extends Num
  ? number
  : T extends Bool
    ? boolean
    : T extends Categorical<infer V>
      ? V
      : never;

/** How a cell is stored: floats, codes and integers, or 0 and 1. */
export type ColumnArray = Float64Array | Int32Array | Uint8Array;

export const f64: F64 = Object.freeze({ dtype: "f64", unit: "none" });
export const i32: I32 = Object.freeze({ dtype: "i32", unit: "none" });
export const bool: Bool = Object.freeze({ dtype: "bool" });
/** Money per unit of the instrument, in its quote currency. */
export const price: F64<"price"> = Object.freeze({ dtype: "f64", unit: "price" });
/** Units of the instrument: shares, contracts, coins. */
export const quantity: F64<"quantity"> = Object.freeze({ dtype: "f64", unit: "quantity" });
/** A ratio where 1 is the whole: weights, returns, imbalances. */
export const fraction: F64<"fraction"> = Object.freeze({ dtype: "f64", unit: "fraction" });
/** A ratio where 100 is the whole: oscillators such as RSI. */
export const percent: F64<"percent"> = Object.freeze({ dtype: "f64", unit: "percent" });
/** Seconds; an instant is seconds since 1970-01-01T00:00Z. */
export const seconds: F64<"seconds"> = Object.freeze({ dtype: "f64", unit: "seconds" });

/**
 * A cell of your own unit.
 *
 * @example
 * const bps = unit(f64, "bps");
 * const lots = unit(i32, "quantity");
 */
export function unit<const U extends Unit>(of: F64, name: U): F64<U>;
export function unit<const U extends Unit>(of: I32, name: U): I32<U>;
export function unit(of: F64 | I32, name: Unit): Cell {
  return Object.freeze({ dtype: of.dtype, unit: name });
}

/** One of a closed list of words. The order of the words is part of the schema. */
export function categorical<const V extends string>(values: readonly V[]): Categorical<V> {
  return Object.freeze({ dtype: "categorical", values: Object.freeze([...values]) });
}

/** True when two cells hold the same thing: dtype, unit, words and their order. */
export function sameCell(a: Cell, b: Cell): boolean {
  if (a.dtype !== b.dtype) return false;
  if (a.dtype === "categorical")
    return (
      b.dtype === "categorical" && a.values.length === b.values.length && a.values.every((v, i) => v === b.values[i])
    );
  if (a.dtype === "bool") return true;
  return b.dtype !== "bool" && b.dtype !== "categorical" && a.unit === b.unit;
}

/** For people: `f64<price>`, `bool`, `categorical(open | closed)`. */
export function describeCell(cell: Cell): string {
  if (cell.dtype === "bool") return "bool";
  if (cell.dtype === "categorical") return `categorical(${cell.values.join(" | ")})`;
  return cell.unit === "none" ? cell.dtype : `${cell.dtype}<${cell.unit}>`;
}

/** An array for `length` cells. Floats start as `NaN` ("no value") in the first `blank` rows, all else as zeros. */
export function allocateColumn(cell: Cell, length: number, blank = length): ColumnArray {
  if (cell.dtype === "f64") return new Float64Array(length).fill(Number.NaN, 0, blank);
  return cell.dtype === "bool" ? new Uint8Array(length) : new Int32Array(length);
}

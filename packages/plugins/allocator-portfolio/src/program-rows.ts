import { multiplyThree, type Square } from "./cholesky.ts";

/** `coefficients` at `at`, 0 elsewhere; without `at` the first of all variables. */
export interface Row {
  readonly at?: Int32Array;
  readonly coefficients: Float64Array;
  readonly bound: number;
}

/**
 * Many rows over the same variables, as flat arrays that one pass takes all of. Those over all variables stand side by side, variable by
 * variable; of the others, entry `e` belongs to row `rowOf[e]`.
 */
export interface Rows {
  readonly count: number;
  readonly sparse: readonly { readonly place: number; readonly at: Int32Array; readonly coefficients: Float64Array }[];
  readonly rowOf: Int32Array;
  readonly variableOf: Int32Array;
  readonly entries: Float64Array;
  /** Of the rows over all variables: which of the rows each is, and their coefficients. */
  readonly places: Int32Array;
  readonly values: Float64Array;
  /** As large as `values`, to work in: a new one in each step would keep the garbage collector busy. */
  readonly scratch: Float64Array;
}

export function rowsOf(size: number, rows: readonly Row[]): Rows {
  const dense = rows.flatMap(({ at }, place) => (at === undefined ? [place] : []));
  const length = dense.length;
  const values = new Float64Array(size * length);
  dense.forEach((place, t) => {
    const { coefficients } = rows[place]!;
    for (let i = 0; i < coefficients.length; i++) values[i * length + t] = coefficients[i]!;
  });
  const sparse = rows.flatMap(({ at, coefficients }, place) => (at === undefined ? [] : [{ place, at, coefficients }]));
  return {
    count: rows.length,
    sparse,
    rowOf: Int32Array.from(sparse.flatMap(({ place, at }) => Array.from(at, () => place))),
    variableOf: Int32Array.from(sparse.flatMap(({ at }) => Array.from(at))),
    entries: Float64Array.from(sparse.flatMap(({ coefficients }) => Array.from(coefficients))),
    places: Int32Array.from(dense),
    values,
    scratch: new Float64Array(values.length),
  };
}

export function along({ at, coefficients }: Row, x: Float64Array): number {
  let sum = 0;
  if (at === undefined) for (let i = 0; i < coefficients.length; i++) sum += coefficients[i]! * x[i]!;
  else for (let i = 0; i < at.length; i++) sum += coefficients[i]! * x[at[i]!]!;
  return sum;
}

export function addTo(x: Float64Array, { at, coefficients }: Row, factorOf: number): void {
  if (at === undefined) for (let i = 0; i < coefficients.length; i++) x[i]! += coefficients[i]! * factorOf;
  else for (let i = 0; i < at.length; i++) x[at[i]!]! += coefficients[i]! * factorOf;
}

/** `row . x` of each row. */
export function alongRows({ count, rowOf, variableOf, entries, places, values }: Rows, x: Float64Array): Float64Array {
  const sums = new Float64Array(count);
  for (let e = 0; e < entries.length; e++) sums[rowOf[e]!]! += entries[e]! * x[variableOf[e]!]!;
  const length = places.length;
  if (length === 0) return sums;
  const dense = new Float64Array(length);
  let i = 0;
  for (; i + 2 < x.length; i += 3) addThree(dense, values, i * length, x[i]!, x[i + 1]!, x[i + 2]!);
  for (; i < x.length; i++) for (let t = 0; t < length; t++) dense[t]! += values[i * length + t]! * x[i]!;
  for (let t = 0; t < length; t++) sums[places[t]!] = dense[t]!;
  return sums;
}

/** Adds each row, times its factor. */
export function addRows(
  x: Float64Array,
  { rowOf, variableOf, entries, places, values }: Rows,
  factors: Float64Array,
): void {
  for (let e = 0; e < entries.length; e++) x[variableOf[e]!]! += entries[e]! * factors[rowOf[e]!]!;
  const length = places.length;
  if (length === 0) return;
  const dense = new Float64Array(length);
  for (let t = 0; t < length; t++) dense[t] = factors[places[t]!]!;
  let i = 0;
  for (; i + 2 < x.length; i += 3) multiplyByThree(x, i, values, i * length, dense);
  for (; i < x.length; i++) for (let t = 0; t < length; t++) x[i]! += values[i * length + t]! * dense[t]!;
}

/** Adds three series that stand one after the other, each times its factor. */
function addThree(sums: Float64Array, values: Float64Array, from: number, x0: number, x1: number, x2: number): void {
  const length = sums.length;
  const second = from + length;
  const third = second + length;
  for (let t = 0; t < length; t++)
    sums[t]! += values[from + t]! * x0 + values[second + t]! * x1 + values[third + t]! * x2;
}

/** Adds the products of three series that stand one after the other with one more. */
function multiplyByThree(x: Float64Array, at: number, values: Float64Array, from: number, by: Float64Array): void {
  const length = by.length;
  const second = from + length;
  const third = second + length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  for (let t = 0; t < length; t++) {
    const factor = by[t]!;
    s0 += values[from + t]! * factor;
    s1 += values[second + t]! * factor;
    s2 += values[third + t]! * factor;
  }
  x[at]! += s0;
  x[at + 1]! += s1;
  x[at + 2]! += s2;
}

/** Adds `weight * row row'` of each row to the lower triangle. No weight is below 0. */
export function addOuters(matrix: Square, { sparse, places, values, scratch }: Rows, weights: Float64Array): void {
  for (const { place, at, coefficients } of sparse)
    if (weights[place]! > 0) addOuter(matrix, at, coefficients, weights[place]!);
  const heavy = places.map((place, t) => (weights[place]! > 0 ? t : -1)).filter((t) => t >= 0);
  const length = heavy.length;
  if (length === 0) return;
  const roots = new Float64Array(length);
  for (let t = 0; t < length; t++) roots[t] = Math.sqrt(weights[places[heavy[t]!]!]!);
  for (let i = 0; i < matrix.size; i++) scaleTo(scratch, i * length, values, i * places.length, heavy, roots);
  addProducts(matrix, scratch, length);
}

function scaleTo(
  series: Float64Array,
  to: number,
  values: Float64Array,
  from: number,
  heavy: Int32Array,
  roots: Float64Array,
): void {
  for (let t = 0; t < heavy.length; t++) series[to + t] = values[from + heavy[t]!]! * roots[t]!;
}

function addOuter({ size, values }: Square, at: Int32Array, coefficients: Float64Array, weight: number): void {
  for (let i = 0; i < at.length; i++)
    for (let j = 0; j < at.length; j++)
      if (at[j]! <= at[i]!) values[at[i]! * size + at[j]!]! += weight * coefficients[i]! * coefficients[j]!;
}

/** So many series stay near at hand while all others pass. */
const NEAR = 24;

/** Adds the products of any two series, which stand one after the other, to the lower triangle. */
export function addProducts({ size, values }: Square, series: Float64Array, length: number): void {
  const tile = new Float64Array(9);
  for (let from = 0; from < size; from += NEAR)
    for (let i = from; i < size; i += 3) {
      const high = Math.min(3, size - i);
      for (let j = from; j <= i && j < from + NEAR; j += 3) {
        const wide = Math.min(3, size - j);
        multiplyThree(series, i * length, high, length, series, j * length, wide, length, length, tile);
        for (let p = 0; p < high; p++)
          for (let q = 0; q < wide; q++) if (j + q <= i + p) values[(i + p) * size + j + q]! += tile[3 * p + q]!;
      }
    }
}

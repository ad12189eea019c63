/** A symmetric matrix, row by row in one array. */
export interface Square {
  readonly size: number;
  readonly values: Float64Array;
}

export function square(size: number, values: Float64Array = new Float64Array(size * size)): Square {
  return { size, values };
}

/**
 * The lower triangle `L` with `L L' = matrix`, in place of the matrix; what stands above the diagonal is left as it was.
 *
 * @param least a pivot below it means that the matrix is not positive definite
 * @returns false when it is not
 */
export function factor(matrix: Square, least = 0): boolean {
  const { size, values } = matrix;
  const tile = new Float64Array(9);
  for (let i = 0; i < size; i += 3) {
    const high = Math.min(3, size - i);
    substitute(matrix, values, i, high, i, tile);
    multiplyThree(values, i * size, high, size, values, i * size, high, size, i, tile);
    for (let p = 0; p < high; p++) {
      const row = (i + p) * size + i;
      for (let q = 0; q <= p; q++) {
        const other = (i + q) * size + i;
        let sum = values[row + q]! - tile[3 * p + q]!;
        for (let k = 0; k < q; k++) sum -= values[row + k]! * values[other + k]!;
        if (p > q) values[row + q] = sum / values[other + q]!;
        else if (sum > least) values[row + p] = Math.sqrt(sum);
        else return false;
      }
    }
  }
  return true;
}

/** Solves `L z = right` in place for each of `count` right sides, which stand one after the other. */
export function solveHalf(lower: Square, rights: Float64Array, count: number): void {
  const tile = new Float64Array(9);
  for (let i = 0; i < count; i += 3) substitute(lower, rights, i, Math.min(3, count - i), lower.size, tile);
}

/** The first `end` entries of up to three rows from `first` on, in place: each from those before it, by the rows of `L`. */
function substitute(
  { size, values }: Square,
  rows: Float64Array,
  first: number,
  high: number,
  end: number,
  tile: Float64Array,
): void {
  for (let j = 0; j < end; j += 3) {
    const wide = Math.min(3, end - j);
    multiplyThree(rows, first * size, high, size, values, j * size, wide, size, j, tile);
    for (let p = 0; p < high; p++) {
      const row = (first + p) * size + j;
      for (let q = 0; q < wide; q++) {
        const other = (j + q) * size + j;
        let sum = rows[row + q]! - tile[3 * p + q]!;
        for (let k = 0; k < q; k++) sum -= rows[row + k]! * values[other + k]!;
        rows[row + q] = sum / values[other + q]!;
      }
    }
  }
}

/**
 * The products of up to three series with up to three others, `tile[3 p + q] = sum over t < length of x_p[t] y_q[t]`: each number is read
 * once for three of them.
 *
 * @param a0 where the first begins, each `aStride` after the one before
 */
export function multiplyThree(
  x: Float64Array,
  a0: number,
  aCount: number,
  aStride: number,
  y: Float64Array,
  b0: number,
  bCount: number,
  bStride: number,
  length: number,
  tile: Float64Array,
): void {
  // Where there are fewer than three the last one is taken again.
  const a1 = a0 + Math.min(1, aCount - 1) * aStride;
  const a2 = a0 + (aCount - 1) * aStride;
  const b1 = b0 + Math.min(1, bCount - 1) * bStride;
  const b2 = b0 + (bCount - 1) * bStride;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  for (let t = 0; t < length; t++) {
    const x0 = x[a0 + t]!;
    const x1 = x[a1 + t]!;
    const x2 = x[a2 + t]!;
    const y0 = y[b0 + t]!;
    const y1 = y[b1 + t]!;
    const y2 = y[b2 + t]!;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
  }
  tile[0] = s00;
  tile[1] = s01;
  tile[2] = s02;
  tile[3] = s10;
  tile[4] = s11;
  tile[5] = s12;
  tile[6] = s20;
  tile[7] = s21;
  tile[8] = s22;
}

/** Solves `L L' x = right` in place of `right`. */
export function solveFactored({ size, values }: Square, right: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= values[row + k]! * right[k]!;
    right[i] = sum / values[row + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = right[i]! / values[i * size + i]!;
    right[i] = value;
    for (let k = 0; k < i; k++) right[k]! -= values[i * size + k]! * value;
  }
}

/** What solves `matrix x = right`. */
export interface Solver {
  /** In place of `right`. */
  solve(right: Float64Array): void;
  /**
   * In place of `count` right sides that stand one after the other: series of which the product of any two is `one' matrix^-1 other`.
   */
  half(rights: Float64Array, count: number): void;
}

/**
 * A solver for a symmetric matrix whose diagonal is above 0, in place of its lower triangle. Entries of very different size are evened
 * out, and what is positive definite but for rounding is made so: the answer is then not exact, and has to be improved by its remainder.
 */
export function solverOf(matrix: Square): Solver | undefined {
  const { size, values } = matrix;
  const even = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(values[i * size + i]!));
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) values[i * size + j]! *= even[i]! * even[j]!;
  for (const more of [1e-15, 1e-13, 1e-11, 1e-9]) {
    const lower = { size, values: values.slice() };
    for (let i = 0; i < size; i++) lower.values[i * size + i]! += more;
    if (!factor(lower)) continue;
    return {
      solve(right) {
        for (let i = 0; i < size; i++) right[i]! *= even[i]!;
        solveFactored(lower, right);
        for (let i = 0; i < size; i++) right[i]! *= even[i]!;
      },
      half(rights, count) {
        for (let p = 0; p < count; p++) for (let i = 0; i < size; i++) rights[p * size + i]! *= even[i]!;
        solveHalf(lower, rights, count);
      },
    };
  }
  return undefined;
}

export function times({ size, values }: Square, vector: Float64Array): Float64Array {
  const product = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = 0;
    for (let j = 0; j < size; j++) sum += values[row + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

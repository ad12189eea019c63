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
export function factor({ size, values }: Square, least = 0): boolean {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      const sum = values[row + j]! - along(values, row, other, j);
      if (i > j) values[row + j] = sum / values[other + j]!;
      else if (sum > least) values[row + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** `sum over k < length of values[a + k] * values[b + k]`, as four sums that don't wait for each other. */
function along(values: Float64Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += values[a + k]! * values[b + k]!;
    s1 += values[a + k + 1]! * values[b + k + 1]!;
    s2 += values[a + k + 2]! * values[b + k + 2]!;
    s3 += values[a + k + 3]! * values[b + k + 3]!;
  }
  for (; k < length; k++) s0 += values[a + k]! * values[b + k]!;
  return s0 + s1 + (s2 + s3);
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

/**
 * A solver for a symmetric matrix whose diagonal is above 0, in place of its lower triangle. Entries of very different size are evened
 * out, and what is positive definite but for rounding is made so: the answer is then not exact, and has to be improved by its remainder.
 */
export function solverOf(matrix: Square): ((right: Float64Array) => void) | undefined {
  const { size, values } = matrix;
  const even = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(values[i * size + i]!));
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) values[i * size + j]! *= even[i]! * even[j]!;
  for (const more of [1e-15, 1e-13, 1e-11, 1e-9]) {
    const lower = { size, values: values.slice() };
    for (let i = 0; i < size; i++) lower.values[i * size + i]! += more;
    if (!factor(lower)) continue;
    return (right) => {
      for (let i = 0; i < size; i++) right[i]! *= even[i]!;
      solveFactored(lower, right);
      for (let i = 0; i < size; i++) right[i]! *= even[i]!;
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

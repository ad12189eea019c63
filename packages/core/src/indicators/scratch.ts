// Kernels run one after the other and to their end, so all of them may use the same columns. They grow with the longest run and
// hold nothing between runs.
const columns: Float64Array[] = [];

/** A column of floats to work in during one run, as long as `stamps` or longer. A kernel that needs several numbers them. */
export function scratchColumn(which: number, { length }: Float64Array): Float64Array {
  let column = columns[which];
  if (column === undefined || column.length < length) column = columns[which] = new Float64Array(length);
  return column;
}

/** A column of a kernel's own, as long as the arrays of its run; it grows with them and holds nothing between runs. */
export interface Scratch {
  column: Float64Array;
}

export function createScratch(): Scratch {
  return { column: new Float64Array(0) };
}

export function scratchFor(scratch: Scratch, { length }: Float64Array): Float64Array {
  if (scratch.column.length < length) scratch.column = new Float64Array(length);
  return scratch.column;
}

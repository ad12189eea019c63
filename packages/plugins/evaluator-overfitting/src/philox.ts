const MULTIPLIER = 0xd256d193;
const MULTIPLIER_HIGH = MULTIPLIER >>> 16;
const MULTIPLIER_LOW = MULTIPLIER & 0xffff;
const WEYL = 0x9e3779b9;
const ROUNDS = 10;

/**
 * Philox 2x32-10: two words that follow from a key and a counter alone, so no draw depends on how many came before it. Writes them to
 * `out`.
 *
 * @see Salmon, Moraes, Dror & Shaw (2011), "Parallel Random Numbers: As Easy as 1, 2, 3", SC '11
 */
export function philox(key: number, low: number, high: number, out: Uint32Array): void {
  let left = low >>> 0;
  let right = high >>> 0;
  let weyl = key >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const a = left >>> 16;
    const b = left & 0xffff;
    const middle = a * MULTIPLIER_LOW + b * MULTIPLIER_HIGH + Math.floor((b * MULTIPLIER_LOW) / 65_536);
    const product = a * MULTIPLIER_HIGH + Math.floor(middle / 65_536);
    const next = (product ^ weyl ^ right) >>> 0;
    right = Math.imul(left, MULTIPLIER) >>> 0;
    left = next;
    weyl = (weyl + WEYL) >>> 0;
  }
  out[0] = left;
  out[1] = right;
}

/** A key from the bits of a series (FNV-1a over its 32-bit words, little-endian): equal returns are resampled alike, everywhere. */
export function keyOf(values: Float64Array): number {
  const view = new DataView(new ArrayBuffer(8));
  let hash = 0x811c9dc5;
  for (const value of values) {
    view.setFloat64(0, value, true);
    hash = Math.imul(hash ^ view.getUint32(0, true), 0x01000193);
    hash = Math.imul(hash ^ view.getUint32(4, true), 0x01000193);
  }
  return hash >>> 0;
}

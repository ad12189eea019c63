/** True when a quotient misses a whole number by rounding error alone, as 0.3 / 0.1 misses 3. */
export function isNearly(quotient: number, whole: number): boolean {
  return Math.abs(quotient - whole) <= 1e-9 + 4 * Number.EPSILON * Math.abs(quotient);
}

/** The largest whole number of lots in a quantity, toward zero. */
function wholeLots(quantity: number, lot: number): number {
  const lots = quantity / lot;
  const near = Math.round(lots);
  return isNearly(lots, near) ? near : Math.trunc(lots);
}

/** Units in a whole number of lots: 3 lots of 0.1 are 0.3, the number that a person would write. */
export function unitsOf(lots: number, lot: number): number {
  if (lots === 0) return 0;
  const perUnit = 1 / lot;
  const whole = Math.round(perUnit);
  return whole >= 1 && Math.abs(perUnit - whole) <= 1e-9 * whole ? lots / whole : lots * lot;
}

/**
 * A quantity rounded toward zero to a whole multiple of the lot; any quantity where `lot` is 0.
 *
 * @example
 * roundToLot(0.3, 0.1); // 0.3
 * roundToLot(-2.7, 1); // -2
 */
export function roundToLot(quantity: number, lot: number): number {
  return lot === 0 ? quantity : unitsOf(wholeLots(quantity, lot), lot);
}

/** `to - from`, where both are multiples of the lot and so is the answer. */
export function lotDifference(to: number, from: number, lot: number): number {
  return lot === 0 ? to - from : unitsOf(Math.round(to / lot) - Math.round(from / lot), lot);
}

/** What is less than this part of a quantity is what rounding left over, and no quantity to trade. */
export const DUST = 1e-9;

/** True when nothing worth an order lies between two quantities. */
export function sameQuantity(a: number, b: number, lot: number): boolean {
  return a === b || (lot === 0 && Math.abs(a - b) <= DUST * Math.max(Math.abs(a), Math.abs(b)));
}

import { roundToLot } from "./lot.ts";

/**
 * Units to hold for a target weight, toward zero to the lot: the one place where a weight becomes a quantity.
 *
 * @param part of the equity that the weight is of: the strategy's share times its scale
 * @param equity of the world, in the account's currency
 * @param mark price of a unit in the account's currency, above 0
 */
export function unitsOfWeight(weight: number, part: number, equity: number, mark: number, lot: number): number {
  return roundToLot((weight * part * equity) / mark, lot);
}

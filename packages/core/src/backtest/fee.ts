import type { FeeModel } from "./brokerage.ts";
import { DUST, unitsOf } from "./lot.ts";

/** The charge for an order, in account currency. `quantity` is not negative; an order of nothing costs nothing. */
export function feeOf(model: FeeModel, quantity: number, price: number): number {
  if (quantity === 0 || model.kind === "none") return 0;
  if (model.kind === "percent") return price * quantity * model.fraction;
  return Math.max(quantity * model.amount, model.minimum);
}

export interface Purchase {
  /** Fill price. */
  readonly price: number;
  /** Money that may be spent, fee included. */
  readonly funds: number;
  /** Units wished for. */
  readonly wish: number;
  /** Of the same order, filled and charged already: the other part of a flip. */
  readonly filled: number;
  readonly lot: number;
}

/** The largest quantity, in whole lots, whose notional and fee the funds cover; for a wish that they do not cover. */
export function affordable(model: FeeModel, { price, funds, wish, filled, lot }: Purchase): number {
  if (!(funds > 0)) return 0;
  const paid = feeOf(model, filled, price);
  const fits = (quantity: number) => price * quantity + (feeOf(model, filled + quantity, price) - paid) <= funds;
  const estimate = estimateOf(model, price, funds, filled, paid);
  if (!(estimate > 0)) return 0;
  if (lot === 0) {
    // Rounding may leave the estimate an ulp or two too dear.
    let quantity = estimate;
    for (let ulps = 1; !fits(quantity); ulps *= 2) quantity = estimate * (1 - ulps * Number.EPSILON);
    return quantity > DUST * wish ? quantity : 0;
  }
  let lots = Math.floor(estimate / lot) + 1;
  while (lots > 0 && !fits(unitsOf(lots, lot))) lots--;
  return unitsOf(lots, lot);
}

function estimateOf(model: FeeModel, price: number, funds: number, filled: number, paid: number): number {
  if (model.kind === "none") return funds / price;
  if (model.kind === "percent") return funds / (price * (1 + model.fraction));
  // The fee is the larger of two lines, so what fits is the smaller of what fits under each.
  const underMinimum = (funds + paid - model.minimum) / price;
  const underAmount = (funds + paid - filled * model.amount) / (price + model.amount);
  return Math.min(underMinimum, underAmount);
}

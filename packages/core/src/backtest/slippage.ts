import type { SlippageModel } from "./brokerage.ts";
import { roundToTick } from "./tick.ts";

/**
 * The price that an order gets: the market's, moved against the order. Only a price that slippage made is rounded to the tick, against the
 * order; a price of the data is taken as it is.
 */
export function slip(model: SlippageModel, price: number, direction: 1 | -1, tick: number): number {
  if (model.kind === "none" || model.fraction === 0) return price;
  return roundToTick(price * (1 + direction * model.fraction), direction, tick);
}

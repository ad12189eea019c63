import { isNearly, unitsOf } from "./lot.ts";

/**
 * A price rounded to the tick against an order: up for a buy (`direction` 1), down for a sell (-1). As it is where no tick is declared
 * (0), or where rounding would leave nothing.
 */
export function roundToTick(price: number, direction: 1 | -1, tick: number): number {
  if (tick === 0) return price;
  const ticks = price / tick;
  const near = Math.round(ticks);
  const whole = isNearly(ticks, near) ? near : direction === 1 ? Math.ceil(ticks) : Math.floor(ticks);
  return whole > 0 ? unitsOf(whole, tick) : price;
}

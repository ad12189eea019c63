import { aroundTheClock } from "./grid.ts";
import { createRandom } from "./random.ts";
import type { Bars } from "./walk.ts";

const FROM = Date.UTC(1999, 0, 1);
const TO = Date.UTC(2025, 0, 1);
/** Dollars for a euro in the long run, and by how much of its distance to that a day brings it back. */
const LEVEL = 1.2;
const RETURN = 0.002;
/** Standard deviation of daily logarithmic returns. */
const SIGMA = 0.006;

/** Seeded days of a currency pair from 1999 to 2024, on every day of the week. */
export function fxBars(symbol: string, { seed }: { readonly seed: number }): Bars {
  const end = aroundTheClock.ends("1d", FROM, TO);
  const random = createRandom(`fx/${seed}/${symbol}`);
  const column = () => new Float64Array(end.length);
  const bars = { end, open: column(), high: column(), low: column(), close: column(), volume: column() };
  let distance = 0;
  let price = LEVEL;
  for (let row = 0; row < end.length; row++) {
    distance += SIGMA * random.normal() - RETURN * distance;
    const close = LEVEL * Math.exp(distance);
    bars.open[row] = price;
    bars.close[row] = close;
    bars.high[row] = Math.max(price, close) * (1 + SIGMA * random.uniform());
    bars.low[row] = Math.min(price, close) * (1 - SIGMA * random.uniform());
    price = close;
  }
  return bars;
}

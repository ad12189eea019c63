import type { CurrencyRates } from "../data/currency-rates.ts";
import { QmtlError } from "../schema/error.ts";
import type { Account } from "./broker.ts";
import type { Instrument } from "./brokerage.ts";

/** How prices in other currencies come to the account's. */
export interface Conversion {
  readonly lanes: readonly RateLane[];
  /** By symbol: the lane of its currency; -1 in the account's own. */
  readonly lane: Int32Array;
  /** By symbol: what a unit of its currency is worth, as known now; 1 in the account's own, `NaN` before the first rate. */
  readonly rate: Float64Array;
  /** By symbol: the last close as quoted; 0 before the first. */
  readonly close: Float64Array;
}

interface RateLane {
  readonly currency: string;
  /** Those that are still to come, from `next` on. */
  readonly stamps: number[];
  readonly values: number[];
  next: number;
}

/**
 * Undefined where every symbol is quoted in one currency that no rates are of: that is the account's.
 *
 * @throws `backtest.mixed-currencies`, `backtest.invalid-rate`
 */
export function createConversion(
  instruments: readonly Instrument[],
  rates: readonly CurrencyRates[],
): Conversion | undefined {
  const known = new Set(rates.map(({ currency }) => currency));
  const own = [...new Set(instruments.map(({ currency }) => currency))].filter((currency) => !known.has(currency));
  if (own.length > 1)
    throw new QmtlError({
      code: "backtest.mixed-currencies",
      message: `One account can't sum ${own.join(", ")}`,
      next: "Trade symbols of one quote currency, or declare rates of the others.",
    });
  if (!instruments.some(({ currency }) => known.has(currency))) return undefined;
  const lanes = rates.map(({ currency }): RateLane => ({ currency, stamps: [], values: [], next: 0 }));
  const lane = Int32Array.from(instruments, ({ currency }) => lanes.findIndex((one) => one.currency === currency));
  const conversion = {
    lanes,
    lane,
    rate: Float64Array.from(lane, (place) => (place < 0 ? 1 : Number.NaN)),
    close: new Float64Array(instruments.length),
  };
  addRates(conversion, rates);
  return conversion;
}

/** Rates that follow those that are there. @throws `backtest.invalid-rate`: then nothing was taken */
export function addRates({ lanes }: Conversion, rates: readonly CurrencyRates[]): void {
  for (const { currency, stamps, values } of rates) {
    let before = lanes.find((one) => one.currency === currency)?.stamps.at(-1) ?? Number.NEGATIVE_INFINITY;
    for (const [i, value] of values.entries()) {
      if (!(value > 0 && Number.isFinite(value) && stamps[i]! > before)) throw invalidRate(currency, stamps[i]!, value);
      before = stamps[i]!;
    }
  }
  for (const { currency, stamps, values } of rates) {
    const lane = lanes.find((one) => one.currency === currency);
    if (lane === undefined) continue;
    // What has passed is not looked at again.
    if (lane.next > 0) {
      lane.stamps.splice(0, lane.next - 1);
      lane.values.splice(0, lane.next - 1);
      lane.next = 1;
    }
    for (const [i, value] of values.entries()) {
      lane.stamps.push(stamps[i]!);
      lane.values.push(value);
    }
  }
}

/** Goes on to what is known at `stamp`, and marks what is held in other currencies at it. */
export function passRates({ lanes, lane, rate, close }: Conversion, stamp: number, { mark }: Account): void {
  for (const one of lanes) while (one.next < one.stamps.length && one.stamps[one.next]! <= stamp) one.next++;
  for (let s = 0; s < lane.length; s++) {
    const { next, values } = lanes[lane[s]!] ?? { next: 0, values: [] };
    if (next === 0) continue;
    rate[s] = values[next - 1]!;
    mark[s] = close[s]! * rate[s]!;
  }
}

/** A close as quoted, to the mark in the account's currency: 0, which is none, before the first rate. */
export function convertClose({ rate, close: closes }: Conversion, s: number, close: number, { mark }: Account): void {
  closes[s] = close;
  mark[s] = Number.isNaN(rate[s]!) ? 0 : close * rate[s]!;
}

function invalidRate(currency: string, stamp: number, value: number): QmtlError {
  return new QmtlError({
    code: "backtest.invalid-rate",
    message: `${value} at ${new Date(stamp).toISOString()} is no rate of ${currency} that could follow`,
    place: { bar: stamp },
    class: "rejected",
    next: "Rates are above 0, one after the other: correct the series, or let its preset refuse it.",
  });
}

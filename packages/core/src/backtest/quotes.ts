import type { Panel, Series } from "../data/panel.ts";
import type { ColumnArray } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import { type PriceKind, priceKind } from "./price-stream.ts";

/** The prices of one symbol as orders meet them; all arrays are as long as `stamps`. `NaN`: no price. */
export interface Quotes {
  readonly symbol: string;
  /** The bar at index 0 of the arrays: above 0 only where bars are added, and passed ones forgotten. */
  readonly origin: number;
  readonly stamps: Float64Array;
  /** What a buy and a sell pay first in the bar. */
  readonly buy: Float64Array;
  readonly sell: Float64Array;
  readonly mark: Float64Array;
  /** Reach of the prices at which a long can be sold, and a short bought back, inside the bar. */
  readonly sellLow: Float64Array;
  readonly sellHigh: Float64Array;
  readonly buyLow: Float64Array;
  readonly buyHigh: Float64Array;
  /** What a buy and a sell pay last in the bar. */
  readonly closeBuy: Float64Array;
  readonly closeSell: Float64Array;
  /** Units traded in the bar, where the schema knows them. */
  readonly volume: Float64Array | undefined;
}

/**
 * @throws `backtest.no-prices` when the panel's schema has neither open and close nor bid and ask
 */
export function quotesOf(panel: Pick<Panel, "preset" | "schema">, series: Series): Quotes {
  const kind: PriceKind | undefined = priceKind(panel.schema.columns);
  if (kind === undefined)
    throw new QmtlError({
      code: "backtest.no-prices",
      message: `Schema ${panel.schema.id} prices no order`,
      place: { preset: panel.preset },
      next: "Fill orders from a stream whose schema has f64 columns open and close, or bid and ask.",
    });
  const column = (name: string) => series.columns[name] as Float64Array;
  const { symbol, stamps } = series;
  const declared = (name: string): Float64Array | undefined => {
    const cells: ColumnArray | undefined =
      panel.schema.columns[name]?.dtype === "f64" ? series.columns[name] : undefined;
    return cells instanceof Float64Array ? cells : undefined;
  };
  const volume = declared("volume");
  if (kind === "book") {
    const bid = column("bid");
    const ask = column("ask");
    const mid = bid.map((price, i) => (price + (ask[i] as number)) / 2);
    return {
      symbol,
      origin: 0,
      stamps,
      buy: ask,
      sell: bid,
      mark: mid,
      sellLow: bid,
      sellHigh: bid,
      buyLow: ask,
      buyHigh: ask,
      closeBuy: ask,
      closeSell: bid,
      volume,
    };
  }
  const open = column("open");
  const close = column("close");
  const reach = (name: string, of: (a: number, b: number) => number): Float64Array =>
    declared(name) ?? open.map((price, i) => of(price, close[i] as number));
  const low = reach("low", Math.min);
  const high = reach("high", Math.max);
  return {
    symbol,
    origin: 0,
    stamps,
    buy: open,
    sell: open,
    mark: close,
    sellLow: low,
    sellHigh: high,
    buyLow: low,
    buyHigh: high,
    closeBuy: close,
    closeSell: close,
    volume,
  };
}

/** A number at which one can trade; false for `NaN`, which is a gap. */
export function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}

/** @throws `backtest.invalid-price` unless the number is a price or a gap */
export function refuseImpossible(price: number, symbol: string, bar: number): void {
  if (price > 0 ? price < Number.POSITIVE_INFINITY : Number.isNaN(price)) return;
  throw new QmtlError({
    code: "backtest.invalid-price",
    message: `${symbol} has the price ${price} in the bar that ends ${new Date(bar).toISOString()}`,
    place: { symbol, bar },
    class: "failed",
    next: "Correct the data: a price is finite and above 0, a missing one is a gap.",
  });
}

import type { Calendar } from "../data/calendar/calendar.ts";
import type { Panel } from "../data/panel.ts";
import { uniteStamps } from "../engine/timeline.ts";
import { type Calm, createCalm } from "./calm.ts";
import { sessionPlaces } from "./curve.ts";
import { type Quotes, quotesOf } from "./quotes.ts";

/** What accounts that trade the same panel find out once for all of them. */
export interface Market {
  /** @throws `backtest.no-prices` */
  quotes(symbol: string): Quotes;
  calm(symbol: string, tolerance: number): Calm;
  /** Where the sessions of these symbols' clock end; see `sessionPlaces`. */
  sessionPlaces(symbols: readonly string[]): Int32Array | undefined;
}

export function createMarket(panel: Panel, calendar: Calendar): Market {
  const quotes = new Map<string, Quotes>();
  const calms = new Map<string, Calm>();
  const places = new Map<string, Int32Array | undefined>();
  const market: Market = {
    quotes: (symbol) =>
      known(quotes, symbol, () => quotesOf(panel, panel.series.find((series) => series.symbol === symbol)!)),
    calm: (symbol, tolerance) =>
      known(calms, `${tolerance} ${symbol}`, () => createCalm(market.quotes(symbol), tolerance)),
    sessionPlaces: (symbols) =>
      known(places, JSON.stringify(symbols), () =>
        sessionPlaces(uniteStamps(symbols.map((symbol) => market.quotes(symbol).stamps)), panel.interval, calendar),
      ),
  };
  return market;
}

function known<V>(values: Map<string, V>, key: string, find: () => V): V {
  if (values.has(key)) return values.get(key) as V;
  const value = find();
  values.set(key, value);
  return value;
}

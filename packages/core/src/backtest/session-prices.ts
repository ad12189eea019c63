import type { Panel } from "../data/panel.ts";
import { upperBound } from "../data/sorted.ts";
import { isPrice, quotesOf } from "./quotes.ts";
import type { BacktestResult } from "./result.ts";

/** A traded symbol's last mark at the end of each evaluation period; `NaN` before its first price. */
export interface SessionPrices {
  readonly symbol: string;
  readonly closes: Float64Array;
}

/** A universe of thousands would outgrow the run itself. */
export const MOST_PRICED_SYMBOLS = 12;

/**
 * The prices that a reader needs to see a run's trades on: those of the symbols with the most traded value, at most
 * {@link MOST_PRICED_SYMBOLS}, in the universe's order.
 *
 * @param times ends of the evaluation periods, ms UTC, ascending
 */
export function sessionPrices(
  panel: Pick<Panel, "preset" | "schema" | "series">,
  of: {
    readonly symbols: BacktestResult["symbols"];
    readonly fills: Pick<BacktestResult["fills"], "symbol" | "quantity" | "price">;
  },
  times: Float64Array,
): readonly SessionPrices[] {
  const { symbols, fills } = of;
  const traded = new Float64Array(symbols.length);
  for (let i = 0; i < fills.symbol.length; i++)
    traded[fills.symbol[i]!]! += Math.abs(fills.quantity[i]! * fills.price[i]!);
  const most = new Set(
    symbols
      .map((_, s) => s)
      .filter((s) => traded[s]! > 0)
      .sort((a, b) => traded[b]! - traded[a]! || a - b)
      .slice(0, MOST_PRICED_SYMBOLS),
  );
  return symbols.flatMap((symbol, s) => {
    const series = panel.series.find((one) => one.symbol === symbol);
    return most.has(s) && series !== undefined ? [{ symbol, closes: closesAt(quotesOf(panel, series), times) }] : [];
  });
}

/** A session without a price keeps the last one. */
function closesAt(
  { stamps, mark }: { readonly stamps: Float64Array; readonly mark: Float64Array },
  times: Float64Array,
): Float64Array {
  let seen = 0;
  let last = Number.NaN;
  return times.map((time) => {
    const end = upperBound(stamps, time);
    let bar = end - 1;
    while (bar >= seen && !isPrice(mark[bar]!)) bar--;
    if (bar >= seen) last = mark[bar]!;
    seen = end;
    return last;
  });
}

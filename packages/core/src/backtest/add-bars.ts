import type { AddedRows } from "../data/panel.ts";
import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import { addQuotes } from "./quote-inlet.ts";
import { quotesOf } from "./quotes.ts";
import { checkedActions, type Run } from "./run.ts";

/** What a symbol's next bars look back at: the one before, or the closes that volatility is made of. */
function lookBack({ slippage }: Run["brokerage"]): number {
  return slippage.kind === "square-root" ? slippage.window + 1 : 1;
}

type Added = AddedRows["series"][number];

/** The bars of a symbol that is traded. */
interface TakenBars extends Added {
  /** The place of the symbol. */
  readonly s: number;
}

/** @throws what `Backtest.append` throws */
export function checkBars({ panel, quotes, inlets, final, actions }: Run, { series }: AddedRows): readonly TakenBars[] {
  if (inlets === undefined)
    throw new QmtlError({
      code: "backtest.not-growing",
      message: "Bars were added to a backtest that was made for the data it began with",
      next: "Make it with growing: true.",
      class: "failed",
    });
  const places = new Map(quotes.map(({ symbol }, s) => [symbol, s]));
  return series.flatMap((added) => {
    const s = places.get(added.symbol);
    if (s === undefined) return [];
    const { symbol, stamps } = added;
    if (final[s] === 1 && stamps.length > 0) throw hasEnded(symbol, stamps[0]!);
    checkedActions({ preset: panel.preset, symbol }, added.actions ?? [], actions[s]!.at(-1));
    return [{ ...added, s }];
  });
}

export function addBars(run: Run, taken: readonly TakenBars[], ended: readonly string[]): void {
  const { panel, quotes, cursor, next, final, ending } = run;
  const back = lookBack(run.brokerage);
  for (const { s, ...added } of taken) {
    (run.actions[s] as CorporateAction[]).push(...(added.actions ?? []));
    if (added.stamps.length === 0) continue;
    addQuotes(quotes[s]!, run.inlets![s]!, quotesOf(panel, { ...added, tags: [] }), cursor[s]! - back);
    next[s] = quotes[s]!.stamps[cursor[s]! - quotes[s]!.origin]!;
    run.upcoming = Math.min(run.upcoming, next[s]!);
  }
  for (const symbol of ended) {
    const s = quotes.findIndex((one) => one.symbol === symbol);
    if (s < 0 || final[s] === 1) continue;
    final[s] = 1;
    if (cursor[s]! > 0 && next[s] === Number.POSITIVE_INFINITY) ending.push(s);
  }
}

function hasEnded(symbol: string, bar: number): QmtlError {
  return new QmtlError({
    code: "backtest.ended",
    message: `A bar of ${symbol} that ends ${new Date(bar).toISOString()} came after the symbol was said to have ended`,
    place: { symbol, bar },
    next: "Say that a symbol has ended when no bar of it will come any more.",
    class: "rejected",
  });
}

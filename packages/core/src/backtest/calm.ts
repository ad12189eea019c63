import { isPrice, type Quotes } from "./quotes.ts";

/**
 * The bars of a symbol on which nothing is out of the ordinary: it has a price to buy, to sell and to mark, and the bar before is no
 * further away than the tolerance. Found once, for everybody who trades the symbol.
 */
export interface Calm {
  readonly quotes: Quotes;
  /** Milliseconds between two bars beyond which the later one follows a gap. */
  readonly tolerance: number;
  /** Bars from `from` to before `to` are calm, and were looked at. */
  from: number;
  to: number;
}

export function createCalm(quotes: Quotes, tolerance: number): Calm {
  return { quotes, tolerance, from: 0, to: 0 };
}

/** The first bar from `bar` on that is not calm; `end` when there is none before it. */
export function calmUntil(calm: Calm, bar: number, end: number): number {
  if (bar < calm.from || bar > calm.to) {
    calm.from = bar;
    calm.to = bar;
  }
  if (end > calm.to) look(calm, end);
  return Math.min(end, calm.to);
}

export function isCalm(calm: Calm, bar: number): boolean {
  return calmUntil(calm, bar, Math.min(calm.quotes.stamps.length, bar + AHEAD)) > bar;
}

const AHEAD = 256;

function look(calm: Calm, end: number): void {
  const { stamps, mark, buy, sell } = calm.quotes;
  const { tolerance } = calm;
  const oneQuote = sell === buy;
  let bar = calm.to;
  // After a bar without a price, the last one with a price may lie any time back.
  if (bar > 0 && !isPrice(mark[bar - 1]!)) return;
  let before = bar === 0 ? stamps[0]! : stamps[bar - 1]!;
  while (bar < end) {
    // Four bars a turn: a turn of the loop costs as much as a bar. Where all four lie within the tolerance, so does each gap.
    if (oneQuote && bar < end - 3) {
      const last = stamps[bar + 3]!;
      if (
        last - before <= tolerance &&
        areQuotes(mark[bar]!, buy[bar]!) &&
        areQuotes(mark[bar + 1]!, buy[bar + 1]!) &&
        areQuotes(mark[bar + 2]!, buy[bar + 2]!) &&
        areQuotes(mark[bar + 3]!, buy[bar + 3]!)
      ) {
        before = last;
        bar += 4;
        continue;
      }
    }
    const t = stamps[bar]!;
    if (t - before > tolerance || !areQuotes(mark[bar]!, buy[bar]!)) break;
    if (!oneQuote && !isPrice(sell[bar]!)) break;
    before = t;
    bar++;
  }
  calm.to = bar;
}

/** Of two numbers above 0 the product is finite and above 0; where it is not, `step` looks closely. */
function areQuotes(price: number, buy: number): boolean {
  const both = price * buy;
  return price > 0 && both > 0 && both < Number.POSITIVE_INFINITY;
}

import { upperBound } from "../data/sorted.ts";
import { isPrice } from "./quotes.ts";
import type { Run } from "./run.ts";
import { fillAtOpen } from "./step.ts";
import type { TargetRule } from "./targets.ts";

/**
 * A single symbol whose targets act on change. Each bar gets the arithmetic of `step`, in the same order; only the questions that one symbol
 * answers once for many bars are not asked again.
 */
export interface Solo {
  /**
   * Goes on to `to`. False in front of a bar up to `to` that needs `step`: one before the first decision, without a price, after a gap, without
   * a row of its own, the last of the symbol, a ruin, or any after it.
   */
  advance(to: number): boolean;
  /** Brings the run to where `advance` stopped. */
  settle(): void;
  /** Takes up the run where `step` left it. */
  resume(): void;
}

export function createSolo(run: Run, rule: TargetRule): Solo {
  const { account, pending, log, now, cursor, next, curve, pricedAt } = run;
  const { quantity, mark: lastClose } = account;
  const quotes = run.quotes[0]!;
  const { stamps } = quotes;
  const { tolerance } = run.stale;
  const { last } = rule;
  const lane = rule.lanes[0]!;
  let ready = false;
  // Bars from `from` to before `bar` are passed and not settled; `events` of them went through the rule.
  let from = 0;
  let bar = 0;
  let events = 0;
  // From the place of a bar to that of its row.
  let shift = 0;

  /** The end of the bars that can be passed here: the symbol's last one is left to `step`. */
  function endOf(to: number): number {
    const least = Math.min(stamps.length - 1, lane.series.computed - shift);
    if (bar >= least || stamps[least - 1]! <= to) return least;
    return stamps[bar + 1]! > to ? bar + 1 : upperBound(stamps, to);
  }

  function isOrdinary(t: number, before: number): boolean {
    return (
      t - before <= tolerance &&
      lane.series.stamps[bar + shift] === t &&
      isPrice(quotes.mark[bar]!) &&
      isPrice(quotes.buy[bar]!) &&
      isPrice(quotes.sell[bar]!)
    );
  }

  function pass(to: number): void {
    const { stamps, buy, sell, mark } = quotes;
    const end = endOf(to);
    const { stamps: rowStamps, values } = lane.series;
    const { equity: equities, exposure } = curve;
    const point = curve.length - from;
    let at = bar;
    let before = at === from ? pricedAt[0]! : stamps[at - 1]!;
    bars: while (at < end) {
      if (pending.count > 0) {
        bar = at;
        now.stamp = stamps[at]!;
        
        cursor[0] = at;
        next[0] = now.stamp;
        if (at > from) lastClose[0] = mark[at - 1]!;
        fillAtOpen(run);
      }
      const target = last[0]!;
      const held = quantity[0]!;
      const { cash } = account;
      // No call in here: what it reads stays in registers.
      for (; at < end; at++) {
        const t = stamps[at]!;
        if (t - before > tolerance || rowStamps[at + shift] !== t) break bars;
        const price = mark[at]!;
        if (!(isPrice(price) && isPrice(buy[at]!) && isPrice(sell[at]!))) break bars;
        const position = held * price;
        const equity = cash + position;
        if (equity <= 0) break bars;
        equities[at + point] = equity;
        exposure[at + point] = position === 0 ? 0 : Math.abs(position) / equity;
        before = t;
        if (values[at + shift] !== target) break;
      }
      if (at === end) break;
      now.stamp = before;
      now.equity = equities[at + point]!;
      lastClose[0] = mark[at]!;
      lane.row = at + shift;
      rule.decide(0, at);
      events++;
      at++;
    }
    bar = at;
  }

  return {
    advance(to) {
      if (ready && stamps[bar]! <= to) pass(to);
      return !(stamps[bar]! <= to);
    },
    settle() {
      const passed = bar - from;
      if (passed === 0) return;
      log.decisions += passed - events;
      curve.length += passed;
      lane.row = bar + shift;
      run.stamps += passed;
      lastClose[0] = quotes.mark[bar - 1]!;
      pricedAt[0] = stamps[bar - 1]!;
      run.pricedIndex[0] = run.stamps - 1;
      cursor[0] = bar;
      next[0] = stamps[bar]!;
      run.upcoming = stamps[bar]!;
      from = bar;
      events = 0;
    },
    resume() {
      ready = !Number.isNaN(log.first) && Number.isNaN(run.ruined);
      from = cursor[0]!;
      bar = from;
      shift = lane.row - from;
    },
  };
}

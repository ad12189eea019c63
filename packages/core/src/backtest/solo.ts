import { upperBound } from "../data/sorted.ts";
import { isPrice } from "./quotes.ts";
import type { Run } from "./run.ts";
import { fillAtOpen } from "./step.ts";
import type { TargetRule } from "./targets.ts";

/**
 * Goes on to `to` with a single symbol whose targets act on change. Each bar gets the arithmetic of `step`, in the same order; only the
 * questions that one symbol answers once for many bars are not asked again. Stops in front of the first bar that needs them: one without a
 * price, after a gap, without a row of its own, the last of the symbol, a ruin.
 */
export function stepSolo(run: Run, rule: TargetRule, to: number): void {
  const { account, pending, log, now, cursor, next, curve, stale } = run;
  if (Number.isNaN(log.first) || !Number.isNaN(run.ruined)) return;
  const { stamps, buy, sell, mark } = run.quotes[0]!;
  const lane = rule.lanes[0]!;
  const { stamps: rowStamps, values, computed } = lane.series;
  const { tolerance } = stale;
  const start = cursor[0]!;
  const shift = lane.row - start;
  // The last bar ends the symbol: it is left to `step`.
  const least = Math.min(stamps.length - 1, computed - shift);
  const end =
    stamps[least - 1]! <= to ? least : stamps[start + 1]! > to ? Math.min(start + 1, least) : upperBound(stamps, to);
  const { equity: equities, exposure } = curve;
  const point = curve.length - start;
  let quantity = account.quantity[0]!;
  let cash = account.cash;
  let target = rule.last[0]!;
  let before = run.pricedAt[0]!;
  let events = 0;
  let bar = start;
  bars: while (bar < end) {
    if (pending.count > 0) {
      const t = stamps[bar]!;
      if (t - before > tolerance || rowStamps[bar + shift] !== t) break;
      if (!(isPrice(mark[bar]!) && isPrice(buy[bar]!) && isPrice(sell[bar]!))) break;
      now.stamp = t;
      cursor[0] = bar;
      next[0] = t;
      fillAtOpen(run);
      quantity = account.quantity[0]!;
      cash = account.cash;
    }
    // No call in here: what it reads stays in registers.
    for (; bar < end; bar++) {
      const t = stamps[bar]!;
      if (t - before > tolerance || rowStamps[bar + shift] !== t) break bars;
      const price = mark[bar]!;
      if (!(isPrice(price) && isPrice(buy[bar]!) && isPrice(sell[bar]!))) break bars;
      const position = quantity * price;
      const equity = cash + position;
      if (equity <= 0) break bars;
      equities[bar + point] = equity;
      exposure[bar + point] = position === 0 ? 0 : Math.abs(position) / equity;
      before = t;
      if (values[bar + shift] !== target) break;
    }
    if (bar === end) break;
    now.stamp = before;
    now.equity = equities[bar + point]!;
    account.mark[0] = mark[bar]!;
    lane.row = bar + shift;
    rule.decide(0, bar);
    target = rule.last[0]!;
    events++;
    bar++;
  }
  const passed = bar - start;
  if (passed === 0) return;
  log.decisions += passed - events;
  curve.length += passed;
  lane.row = bar + shift;
  run.stamps += passed;
  account.mark[0] = mark[bar - 1]!;
  run.pricedAt[0] = before;
  run.pricedIndex[0] = run.stamps - 1;
  cursor[0] = bar;
  next[0] = stamps[bar]!;
  run.upcoming = stamps[bar]!;
}

import { reserve } from "./curve.ts";
import { isPrice } from "./quotes.ts";
import type { Run } from "./run.ts";
import type { TargetRule } from "./targets.ts";

/** Of a single symbol, the bars up to `to` on which nothing happens but the mark: the same arithmetic as `step`, without its questions. */
export function markQuietBars(run: Run, rule: TargetRule, to: number): void {
  const { account, pending, log, cursor, curve, stale } = run;
  if (pending.count > 0 || Number.isNaN(log.first) || !Number.isNaN(run.ruined)) return;
  const { stamps, buy, sell, mark } = run.quotes[0]!;
  const lane = rule.lanes[0]!;
  const { stamps: rowStamps, values, computed } = lane.series;
  const target = rule.last[0]!;
  const quantity = account.quantity[0]!;
  const cash = account.cash;
  const tolerance = stale.tolerance;
  const start = cursor[0]!;
  // The last bar ends the symbol: it is left to `step`.
  const end = Math.min(stamps.length - 1, start + (computed - lane.row));
  const shift = lane.row - start;
  let before = run.pricedAt[0]!;
  if (end <= start) return;
  reserve(curve, end - start);
  const { times, equity: equities, exposure } = curve;
  const point = curve.length - start;
  let bar = start;
  let close = account.mark[0]!;
  for (; bar < end; bar++) {
    const t = stamps[bar]!;
    if (t > to || t - before > tolerance) break;
    if (rowStamps[bar + shift] !== t || values[bar + shift] !== target) break;
    const price = mark[bar]!;
    if (!(isPrice(price) && isPrice(buy[bar]!) && isPrice(sell[bar]!))) break;
    const position = quantity * price;
    const equity = cash + position;
    if (equity <= 0) break;
    times[bar + point] = t;
    equities[bar + point] = equity;
    exposure[bar + point] = position === 0 ? 0 : Math.abs(position) / equity;
    close = price;
    before = t;
  }
  const passed = bar - start;
  if (passed === 0) return;
  account.mark[0] = close;
  curve.length += passed;
  cursor[0] = bar;
  lane.row += passed;
  log.decisions += passed;
  run.stamps += passed;
  run.pricedAt[0] = before;
  run.pricedIndex[0] = run.stamps - 1;
  run.next[0] = stamps[bar]!;
  run.upcoming = stamps[bar]!;
}


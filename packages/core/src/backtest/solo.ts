import { upperBound } from "../data/sorted.ts";
import { isPrice } from "./quotes.ts";
import type { Run } from "./run.ts";
import { fillAtOpen } from "./step.ts";
import type { TargetRule } from "./targets.ts";

/**
 * A single symbol whose targets act on change. Each bar gets the arithmetic of `step`, in the same order; only the questions that one symbol
 * answers once for many bars are not asked again. What it passed stands in the run after `settle`.
 */
export interface Solo {
  /**
   * Goes on to `to`. False in front of a bar up to `to` that needs `step`: one before the first decision, without a price, after a gap, without
   * a row of its own, the last of the symbol, a ruin, or any after it.
   */
  advance(to: number): boolean;
  settle(): void;
}

export function createSolo(run: Run, rule: TargetRule): Solo {
  const { account, pending, log, now, cursor, next, curve, stale } = run;
  const { quantity } = account;
  const { stamps, buy, sell, mark } = run.quotes[0]!;
  const lane = rule.lanes[0]!;
  const { last } = rule;
  const { tolerance } = stale;
  // Bars since `settle`: from the run's cursor to before `bar`, of which `events` went through the rule.
  let bar = 0;
  let events = 0;

  function settle(): void {
    const passed = bar - cursor[0]!;
    if (passed <= 0) return;
    log.decisions += passed - events;
    curve.length += passed;
    lane.row += passed;
    run.stamps += passed;
    account.mark[0] = mark[bar - 1]!;
    run.pricedAt[0] = stamps[bar - 1]!;
    run.pricedIndex[0] = run.stamps - 1;
    cursor[0] = bar;
    next[0] = stamps[bar]!;
    run.upcoming = stamps[bar]!;
    events = 0;
  }

  return { advance, settle };
}

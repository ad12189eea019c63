import { reduces } from "../../allocation/delta.ts";
import type { Leg, LegOutcome } from "../../backtest/rebalance.ts";
import type { RebalancedRecord } from "../../world/record.ts";
import type { WorldState } from "../../world/state.ts";

/** Orders of a rebalancing that no account has taken yet. */
export interface DueRebalance {
  readonly run: string;
  /** What an account is to place, one per symbol. Empty where a newer one stands in its place. */
  readonly legs: readonly Leg[];
  /** What it can't. */
  readonly leftOut: readonly LegOutcome[];
}

/**
 * What is to be executed for a strategy, the oldest first. The newest counts: it was planned on what is held, and what stands before it was as
 * well, so both together would trade twice.
 */
export function dueRebalances(
  { rebalances, executions }: Pick<WorldState, "rebalances" | "executions">,
  strategy: string,
): readonly DueRebalance[] {
  const open = [...rebalances.values()].flatMap(({ run, orders }) => {
    const done = executions.get(run)?.some((one) => one.strategy === strategy) === true;
    const own = orders.filter((order) => order.strategy === strategy && order.held !== undefined);
    return done || own.length === 0 ? [] : [{ run, own }];
  });
  return open.map(({ run, own }, i): DueRebalance => {
    const left = (reason: LegOutcome["reason"] & {}, those: RebalancedRecord["orders"]): readonly LegOutcome[] =>
      those.map(({ symbol, quantity }) => ({ symbol, asked: quantity, ordered: 0, reason }));
    if (i < open.length - 1) return { run, legs: [], leftOut: left("superseded", own) };
    const elsewhere = own.filter(({ venue }) => venue !== null);
    return { run, legs: bySymbol(own.filter(({ venue }) => venue === null)), leftOut: left("other-venue", elsewhere) };
  });
}

/** A symbol may be traded as a position and as an overlay: to the account it is one order. */
function bySymbol(orders: RebalancedRecord["orders"]): readonly Leg[] {
  const legs = new Map<string, Leg>();
  for (const { symbol, quantity, held = 0 } of orders) {
    const sum = (legs.get(symbol)?.quantity ?? 0) + quantity;
    legs.set(symbol, { symbol, held, quantity: sum, reduceOnly: reduces(held, sum) });
  }
  return [...legs.values()];
}

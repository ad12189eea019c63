import type { OrderEvent } from "../../backtest/order-log.ts";
import type { OrderTerms } from "../../backtest/order-terms.ts";
import { type ExecutedRecord, RECORD_FORMAT } from "../../world/record.ts";
import type { WorldState } from "../../world/state.ts";
import { defaultAccount } from "./account-name.ts";
import { ACCOUNT_FORMAT, type LimitedOrder, type RebalancedAccountRecord } from "./account-record.ts";
import { dueRebalances } from "./due-rebalance.ts";
import type { RunExecutor } from "./executor.ts";
import type { HeldVersion } from "./standing.ts";

/** What rebalancings came to after a bar. */
export interface Rebalanced {
  readonly records: readonly RebalancedAccountRecord[];
  readonly executed: readonly ExecutedRecord[];
  /** Orders that the gate let through. */
  readonly admitted: number;
}

export interface RebalanceRoom {
  readonly account: string;
  readonly held: HeldVersion;
  readonly load: () => Promise<WorldState>;
  readonly executor: Pick<RunExecutor, "rebalance">;
  /** Asks the gate for every order: how many it let through, or undefined when it turned one away. */
  readonly admit: (orders: readonly OrderEvent[]) => number | undefined;
  /** Gives back to the gate what it let through and is not placed. */
  readonly release: (count: number) => void;
  /** Ms UTC. */
  readonly clock: () => number;
}

/**
 * Places what the world's rebalancings ask of the strategy, where the account is the one that they are planned on. Undefined when the gate
 * turns an order away.
 *
 * @param sequence of the word that the gate has seen
 */
export async function placeRebalances(
  { account, held, load, executor, admit, release, clock }: RebalanceRoom,
  { to, admits, sequence }: { readonly to: number; readonly admits: OrderTerms["admits"]; readonly sequence: number },
): Promise<Rebalanced | undefined> {
  const { strategy, version } = held;
  const records: RebalancedAccountRecord[] = [];
  const executed: ExecutedRecord[] = [];
  let count = 0;
  const asked = account === defaultAccount(strategy, "live") && admits === "all";
  for (const { run, legs, leftOut } of asked ? dueRebalances(await load(), strategy) : []) {
    const outcomes = [...leftOut];
    if (legs.length > 0) {
      const { orders, standing, legs: placed } = await executor.rebalance(legs);
      const admitted = admit(orders);
      if (admitted === undefined) {
        release(count);
        return undefined;
      }
      count += admitted;
      outcomes.push(...placed);
      const stamp = { kind: "rebalanced", format: ACCOUNT_FORMAT, at: clock() } as const;
      const limited = limitedOf(orders);
      const own = orders.filter(({ kind }) => kind !== "limited");
      if (orders.length > 0) records.push({ ...stamp, run, to, sequence, legs, orders: own, limited, standing });
    }
    const base = { kind: "executed", format: RECORD_FORMAT, at: clock() } as const;
    executed.push({ ...base, run, strategy, version, account, to, legs: outcomes });
  }
  return { records, executed, admitted: count };
}

/** Orders that limits of risk cut or held back. */
export function limitedOf(orders: readonly OrderEvent[]): readonly LimitedOrder[] {
  return orders.flatMap((order) => {
    if (order.kind !== "limited") return [];
    const { kind: _, ...limited } = order;
    return [limited];
  });
}

import type { Leg } from "../../backtest/rebalance.ts";
import type { InspectedStrategy } from "../inspect.ts";
import type { AccountJob, AccountProgress, AccountRebalance, AccountStep } from "./paper-account.ts";

/** Where the author's code runs for as long as a runner does. */
export interface RunExecutor {
  inspect(params: Readonly<Record<string, unknown>>): Promise<InspectedStrategy>;
  /** Opens an account on a history, in place of the one before. Nothing of it is traded yet. */
  open(job: AccountJob): Promise<void>;
  /** @throws what the author's code throws; `isolation.*` */
  trade(step: AccountStep): Promise<AccountProgress>;
  cancel(): Promise<AccountProgress>;
  rebalance(legs: readonly Leg[]): Promise<AccountRebalance>;
  close(): void;
}

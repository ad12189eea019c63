import { freeTerms } from "../../backtest/order-terms.ts";
import type { CancelledRecord, OpenedRecord, RebalancedAccountRecord, TradedRecord } from "./account-record.ts";

export const DIGEST = "a".repeat(64);
export const standing = { equity: 100, cash: 100, exposure: 0, positions: [], waiting: 0 };
const stamp = { format: 1, at: 5 } as const;
export const opened: OpenedRecord = {
  kind: "opened",
  ...stamp,
  strategy: "s",
  version: DIGEST,
  params: { n: 1 },
  bundle: DIGEST,
  feed: "live",
  from: 10,
  equity: 100,
  brokerage: DIGEST,
  engine: "1",
};
export const traded = (to: number, change: Partial<TradedRecord> = {}): TradedRecord => ({
  kind: "traded",
  ...stamp,
  after: to - 1,
  to,
  bars: 1,
  rows: DIGEST,
  terms: freeTerms(1),
  gate: "open",
  sequence: 1,
  activation: 7,
  orders: [],
  refused: 0,
  fills: [],
  periods: [{ end: to, return: 0.1, equity: 110 }],
  standing,
  ...change,
});
export const cancelled = (to: number): CancelledRecord => ({
  kind: "cancelled",
  ...stamp,
  to,
  sequence: 2,
  orders: [],
  standing,
});

export const rebalanced = (to: number): RebalancedAccountRecord => ({
  kind: "rebalanced",
  ...stamp,
  run: "first",
  to,
  sequence: 2,
  legs: [{ symbol: "A", held: 5, quantity: -2, reduceOnly: true }],
  orders: [],
  limited: [],
  standing,
});

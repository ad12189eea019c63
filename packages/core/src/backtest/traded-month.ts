import { DAY, monthOfDay } from "../data/calendar/civil.ts";
import type { FeeModel } from "./fee.ts";

/** What the account traded in the calendar month (UTC) under way. */
export interface TradedMonth {
  readonly measure: (quantity: number, price: number) => number;
  /** Months since 1970. */
  month: number;
  sum: number;
}

/** Undefined for fees that do not depend on it. */
export function createTradedMonth(fee: FeeModel): TradedMonth | undefined {
  if (fee.kind !== "tiered" || fee.over !== "month") return undefined;
  const measure =
    fee.of === "notional" ? (quantity: number, price: number) => quantity * price : (quantity: number) => quantity;
  return { measure, month: Number.NaN, sum: 0 };
}

/** A bar belongs to the month of its last instant. */
export function monthSoFar(traded: TradedMonth, stamp: number): number {
  const month = monthOfDay(Math.floor((stamp - 1) / DAY));
  if (month !== traded.month) {
    traded.month = month;
    traded.sum = 0;
  }
  return traded.sum;
}

import { accrued, interestOn } from "./interest.ts";
import type { Run } from "./run.ts";
import { enterSession } from "./session-clock.ts";
import { passSessions } from "./settlement.ts";

/**
 * The nights before a stamp: what was borrowed and what cash earned over them, at the last marks, and proceeds that have come in. Nothing
 * happens within a session, or before the first decision.
 */
export function carry(run: Run): void {
  const { account, brokerage, instruments, clock } = run;
  if (clock === undefined || !enterSession(clock, run.now.stamp) || Number.isNaN(run.log.first)) return;
  const { sessions, days } = clock;
  let shorts = 0;
  for (let s = 0; s < instruments.length; s++) {
    const owed = -account.quantity[s]! * account.mark[s]!;
    if (!(owed > 0)) continue;
    shorts += owed;
    const cost = accrued(owed, instruments[s]!.borrowRate ?? brokerage.borrow?.rate ?? 0, days);
    account.cash -= cost;
    account.borrow += cost;
  }
  if (brokerage.interest !== undefined) {
    // What a short brought is its lender's security, and earns nothing.
    const balance = account.cash > 0 ? Math.max(account.cash - shorts, 0) : account.cash;
    const earned = interestOn(brokerage.interest, balance, days);
    account.cash += earned;
    account.interest += earned;
  }
  if (account.settlement !== undefined) passSessions(account.settlement, sessions);
}

/** Proceeds on their way: sold, and not to be spent before their session. */
export interface Settlement {
  readonly sessions: number;
  /** The session under way, counted from the first. */
  session: number;
  /** Money on its way, in account currency. */
  unsettled: number;
  /** Oldest first; those before `next` are settled. */
  readonly due: { readonly session: number; readonly amount: number }[];
  next: number;
}

export function createSettlement(sessions: number): Settlement {
  return { sessions, session: 0, unsettled: 0, due: [], next: 0 };
}

/** Money that a sale of the session under way brought. It can be spent `sessions` sessions later. */
export function defer(settlement: Settlement, amount: number): void {
  if (settlement.sessions === 0 || amount <= 0) return;
  const session = settlement.session + settlement.sessions;
  const last = settlement.due.at(-1);
  if (last?.session === session && settlement.next < settlement.due.length)
    settlement.due[settlement.due.length - 1] = { session, amount: last.amount + amount };
  else settlement.due.push({ session, amount });
  settlement.unsettled += amount;
}

/** So many sessions later, half days counted, holidays not. */
export function passSessions(settlement: Settlement, sessions: number): void {
  settlement.session += sessions;
  while (settlement.next < settlement.due.length && settlement.due[settlement.next]!.session <= settlement.session)
    settlement.next++;
  // Summed anew, so that nothing is left over of what was rounded.
  let sum = 0;
  for (let i = settlement.next; i < settlement.due.length; i++) sum += settlement.due[i]!.amount;
  settlement.unsettled = sum;
}

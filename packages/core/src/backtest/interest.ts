/** What cash earns and costs, as annual rates (fractions) on a year of 365 days. */
export interface Interest {
  /** By balance: the whole balance earns the rate of the last tier whose `from` it reaches. Ascending. Empty: nothing. */
  readonly credit: readonly { readonly from: number; readonly rate: number }[];
  /** On a negative balance. */
  readonly debit: number;
}

const DAYS = 365;

/** What a balance costs or earns in so many days: simple interest, actual/365. */
export function accrued(balance: number, rate: number, days: number): number {
  return (balance * rate * days) / DAYS;
}

/** Money that a cash balance earns in so many days; negative when it costs. */
export function interestOn({ credit, debit }: Interest, balance: number, days: number): number {
  if (balance < 0) return accrued(balance, debit, days);
  let rate = 0;
  for (const tier of credit) if (balance >= tier.from) rate = tier.rate;
  return accrued(balance, rate, days);
}

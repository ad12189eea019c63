/** What equity has to be there for positions, as fractions of their notional. */
export interface Margin {
  readonly long: MarginRates;
  readonly short: MarginRates;
  /** The most that all positions together may come to when one is opened, in equities. */
  readonly leverage?: number;
}

export interface MarginRates {
  /** To open. */
  readonly initial: number;
  /** To keep; below it the account is called. */
  readonly maintenance: number;
}

/** Notionals at the marks, not negative. */
export interface Exposure {
  longs: number;
  shorts: number;
}

/** Money that there is for opening, where an order takes the given part of its notional, and its fee. */
export interface Allowance {
  readonly funds: number;
  readonly part: number;
}

/** What can be spent on opening: an order has to keep within each. The first is of the initial margin, the second of the leverage. */
export function buyingPower(
  { long, short, leverage }: Margin,
  equity: number,
  { longs, shorts }: Exposure,
  side: 1 | -1,
): readonly Allowance[] {
  const byMargin = {
    funds: equity - long.initial * longs - short.initial * shorts,
    part: side === 1 ? long.initial : short.initial,
  };
  if (leverage === undefined) return [byMargin];
  return [byMargin, { funds: equity - (longs + shorts) / leverage, part: 1 / leverage }];
}

/** The equity below which the account is called. */
export function maintenanceOf({ long, short }: Margin, { longs, shorts }: Exposure): number {
  return long.maintenance * longs + short.maintenance * shorts;
}

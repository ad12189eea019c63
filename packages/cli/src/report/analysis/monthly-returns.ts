import { sessionMonth } from "./session-day.ts";

export interface YearOfReturns {
  readonly year: number;
  /** January first; `null` for a month without a session. */
  readonly months: readonly (number | null)[];
  readonly total: number;
}

/**
 * Returns by calendar month and year: `prod(1 + r) - 1` over the periods that end in it.
 *
 * @param times exclusive ends of the periods, ms UTC, ascending; `null` where they are unknown, and then there are no months
 */
export function monthlyReturns(
  times: readonly (number | null)[],
  returns: readonly (number | null)[],
): readonly YearOfReturns[] {
  const years = new Map<number, { months: (number | null)[]; total: number }>();
  times.forEach((end, i) => {
    const value = returns[i] ?? null;
    if (end === null || value === null) return;
    const { year, month } = sessionMonth(end);
    const entry = years.get(year) ?? { months: Array<number | null>(12).fill(null), total: 1 };
    years.set(year, entry);
    entry.months[month] = (entry.months[month] ?? 1) * (1 + value);
    entry.total *= 1 + value;
  });
  return [...years].map(([year, { months, total }]) => ({
    year,
    months: months.map((growth) => (growth === null ? null : growth - 1)),
    total: total - 1,
  }));
}

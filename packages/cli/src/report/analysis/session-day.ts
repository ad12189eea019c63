/** The day of a session, by its exclusive end: a session that ends at midnight is the day before. ms UTC to `2020-04-17`. */
export function sessionDay(end: number): string {
  return new Date(end - 1).toISOString().slice(0, 10);
}

/** Year, and month from 0, of a session by its exclusive end. */
export function sessionMonth(end: number): { readonly year: number; readonly month: number } {
  const date = new Date(end - 1);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() };
}

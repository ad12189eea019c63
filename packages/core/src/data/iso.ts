/** An instant as people read it: ISO 8601 in UTC, without milliseconds that are zero. */
export function isoText(instant: number): string {
  if (!Number.isFinite(instant) || Math.abs(instant) > 8.64e15) return String(instant);
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Six significant digits, without the noise of binary fractions. */
export function say(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A length of time in ms, in the largest unit that it fills. */
export function sayTime(ms: number): string {
  const size = Math.abs(ms);
  if (size >= DAY) return `${say(ms / DAY)} days`;
  if (size >= HOUR) return `${say(ms / HOUR)} hours`;
  return size >= MINUTE ? `${say(ms / MINUTE)} minutes` : `${say(ms / 1000)} seconds`;
}

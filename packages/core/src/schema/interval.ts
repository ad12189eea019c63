import { QmtlError } from "./error.ts";

/** The clock of a column: one value at the end of each interval. A closed list: a new one is a change of core. */
export type Interval =
  | "100ms"
  | "1s"
  | "5s"
  | "10s"
  | "30s"
  | "1m"
  | "5m"
  | "10m"
  | "15m"
  | "30m"
  | "1h"
  | "2h"
  | "4h"
  | "1d"
  | "1w"
  | "1mo";

export type Intervals = [
  "100ms",
  "1s",
  "5s",
  "10s",
  "30s",
  "1m",
  "5m",
  "10m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "1d",
  "1w",
  "1mo",
];

/** Every interval, shortest first. */
export const INTERVALS: readonly Interval[] = [
  "100ms",
  "1s",
  "5s",
  "10s",
  "30s",
  "1m",
  "5m",
  "10m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "1d",
  "1w",
  "1mo",
];

const DAY = 86_400_000;
const LENGTH: Readonly<Record<Interval, number>> = {
  "100ms": 100,
  "1s": 1_000,
  "5s": 5_000,
  "10s": 10_000,
  "30s": 30_000,
  "1m": 60_000,
  "5m": 300_000,
  "10m": 600_000,
  "15m": 900_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "2h": 7_200_000,
  "4h": 14_400_000,
  "1d": DAY,
  "1w": 7 * DAY,
  "1mo": 28 * DAY,
};

/**
 * Milliseconds of an interval. For `1d`, `1w` and `1mo`, whose bars are sessions of a calendar, it is the shortest nominal
 * length (a month counts 28 days): good for ordering and block sizes, never for adding to a stamp.
 */
export function intervalLength(interval: Interval): number {
  return LENGTH[interval];
}

/** True for `1d`, `1w`, `1mo`: bars that only a calendar can bound. */
export function isCalendarInterval(interval: Interval): boolean {
  return interval === "1d" || interval === "1w" || interval === "1mo";
}

export function isInterval(value: unknown): value is Interval {
  return typeof value === "string" && (INTERVALS as readonly string[]).includes(value);
}

/** @throws `schema.unknown-interval` */
export function requireInterval(value: unknown): Interval {
  if (isInterval(value)) return value;
  throw new QmtlError({
    code: "schema.unknown-interval",
    message: `${JSON.stringify(value) ?? String(value)} is not an interval`,
    next: `Use one of ${INTERVALS.join(", ")}.`,
  });
}

/** Negative when `a` is the shorter. */
export function compareIntervals(a: Interval, b: Interval): number {
  return INTERVALS.indexOf(a) - INTERVALS.indexOf(b);
}

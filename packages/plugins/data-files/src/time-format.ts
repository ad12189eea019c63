import { QmtlError } from "@qmtl/core/schema";
import type { Zone } from "./zone.ts";

/** Reads the times of one file, row after row. */
export interface TimeReader {
  /**
   * Epoch milliseconds UTC, or a clause that says why the text is no time. Where clocks were set back a wall time means two instants:
   * the earlier one, unless the row before it was not earlier than that.
   */
  read(text: string): number | string;
}

export interface TimeFormat {
  readonly format: string;
  readonly zone: Zone;
  /** Dates without a time of day are given noon, which lies within the day wherever a session of that date may be. */
  readonly session: boolean;
}

const NOON = 12 * 3_600_000;
const LIMIT = 8.64e15;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Parts of a wall time; what a format does not say is 0. */
interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** No time of day was said. */
  readonly dateOnly: boolean;
  /** Milliseconds, where the text said it. */
  readonly offset: number | undefined;
}

/** @throws `files.invalid-time-format` */
export function createTimeReader({ format, zone, session }: TimeFormat): TimeReader {
  if (format === "epoch-s" || format === "epoch-ms") return { read: (text) => readEpoch(text, format) };
  const parse = format === "iso" ? parseIso : compilePattern(format);
  const utcOf = createUtc();
  let previous = Number.NEGATIVE_INFINITY;
  return {
    read(text) {
      const wall = parse(text.trim());
      if (wall === undefined) return `is not a time of the form ${format}`;
      const asUtc = utcOf(wall);
      if (asUtc === undefined) return "is a time that does not exist";
      if (wall.offset !== undefined) return asUtc - wall.offset;
      const instants = zone.instants(wall.dateOnly && session ? asUtc + NOON : asUtc);
      const [earlier, later] = instants;
      if (earlier === undefined) return `does not exist in ${zone.name}, where clocks were set forward`;
      const instant = later !== undefined && earlier <= previous ? later : earlier;
      previous = instant;
      return instant;
    },
  };
}

function readEpoch(text: string, format: "epoch-s" | "epoch-ms"): number | string {
  const trimmed = text.trim();
  if (!NUMBER.test(trimmed)) return `is not a number of ${format === "epoch-s" ? "seconds" : "milliseconds"}`;
  const milliseconds = format === "epoch-s" ? Math.round(Number(trimmed) * 1_000) : Number(trimmed);
  if (!Number.isInteger(milliseconds)) return "is not a whole number of milliseconds";
  return Math.abs(milliseconds) <= LIMIT ? milliseconds : `lies beyond all time as ${format}`;
}

function parseIso(text: string): WallTime | undefined {
  const parts = ISO.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", offset] = parts;
  // Finer than a millisecond is no time of ours, unless it is zeros.
  if (/[1-9]/.test(fraction.slice(3))) return undefined;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, "0")),
    dateOnly: hour === undefined,
    offset: offset === undefined ? undefined : offsetOf(offset),
  };
}

function offsetOf(text: string): number {
  if (text.toUpperCase() === "Z") return 0;
  const minutes = text.length > 3 ? Number(text.slice(-2)) : 0;
  return (text.startsWith("-") ? -1 : 1) * (Number(text.slice(1, 3)) * 3_600_000 + minutes * 60_000);
}

const TOKENS: Readonly<Record<string, readonly [part: string, digits: string]>> = {
  YYYY: ["year", "\\d{4}"],
  MM: ["month", "\\d{2}"],
  M: ["month", "\\d{1,2}"],
  DD: ["day", "\\d{2}"],
  D: ["day", "\\d{1,2}"],
  HH: ["hour", "\\d{2}"],
  H: ["hour", "\\d{1,2}"],
  mm: ["minute", "\\d{2}"],
  ss: ["second", "\\d{2}"],
  SSS: ["millisecond", "\\d{3}"],
};

function compilePattern(format: string): (text: string) => WallTime | undefined {
  const seen = new Set<string>();
  const source = format.replace(/YYYY|MM|M|DD|D|HH|H|mm|ss|SSS|[\s\S]/g, (token) => {
    const known = TOKENS[token];
    if (known === undefined && !/[A-Za-z0-9]/.test(token)) return token.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
    if (known === undefined && token === "T") return "T";
    const [part, digits] = known ?? ["", ""];
    if (known === undefined || seen.has(part)) throw badFormat(format);
    seen.add(part);
    return `(?<${part}>${digits})`;
  });
  if (!(seen.has("year") && seen.has("month") && seen.has("day"))) throw badFormat(format);
  const pattern = new RegExp(`^${source}$`);
  const dateOnly = !seen.has("hour");
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const part = (name: string) => Number(groups[name] ?? 0);
    return {
      year: part("year"),
      month: part("month"),
      day: part("day"),
      hour: part("hour"),
      minute: part("minute"),
      second: part("second"),
      millisecond: part("millisecond"),
      dateOnly,
      offset: undefined,
    };
  };
}

function badFormat(format: string): QmtlError {
  return new QmtlError({
    code: "files.invalid-time-format",
    message: `${JSON.stringify(format)} is not a format of times`,
    next: 'Use iso, epoch-s, epoch-ms, or a pattern with each of YYYY, MM or M, DD or D, and if need be HH or H, mm, ss, SSS once, such as "M/D/YYYY H:mm".',
  });
}

/** Undefined when there is no such day or time of day. Rows of one day follow each other, so the last day is kept. */
function createUtc(): (wall: WallTime) => number | undefined {
  let [lastYear, lastMonth, lastDay, midnight] = [1970, 1, 1, 0];
  return ({ year, month, day, hour, minute, second, millisecond }) => {
    if (year !== lastYear || month !== lastMonth || day !== lastDay) {
      const start = Date.UTC(year, month - 1, day);
      const date = new Date(start);
      // Date.UTC carries what overflows, and takes years below 100 for others.
      if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
        return undefined;
      [lastYear, lastMonth, lastDay, midnight] = [year, month, day, start];
    }
    return hour < 24 && minute < 60 && second < 60
      ? midnight + hour * 3_600_000 + minute * 60_000 + second * 1_000 + millisecond
      : undefined;
  };
}

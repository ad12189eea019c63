import { QmtlError } from "../schema/error.ts";
import { DAY, dateOfDay, dayOfDate } from "./calendar/civil.ts";

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})?$/i;
const EPOCH = /^[+-]?\d+$/;
const LIMIT = 8.64e15;

/**
 * An instant of knowledge, as `as_of` and ranges name it, in epoch milliseconds UTC. A number, or its text, is epoch milliseconds. A date-time
 * must say its offset (`2020-04-17T16:00:00-04:00`, `...Z`). A bare date pins knowledge at the end of that UTC day: `2020-04-17` is
 * 2020-04-18T00:00Z, so whatever ended on the 17th is known.
 *
 * @throws `data.invalid-instant`
 */
export function parseInstant(value: unknown): number {
  if (typeof value === "number") return requireMilliseconds(value, value);
  if (typeof value !== "string") return refuse(value, "is neither a number nor text");
  const text = value.trim();
  if (EPOCH.test(text)) return requireMilliseconds(Number(text), value);
  const date = DATE.exec(text);
  if (date !== null) return (requireDay(date, value) + 1) * DAY;
  const parts = DATE_TIME.exec(text);
  if (parts === null) return refuse(value, "is not an ISO 8601 date or date-time");
  const [, , , , hour, minute, second = "0", fraction = "0", offset] = parts;
  if (offset === undefined) return refuse(value, "does not say its offset from UTC");
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return refuse(value, "is no time of day");
  const time = Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000;
  return requireDay(parts, value) * DAY + time + Number(fraction.padEnd(3, "0")) - offsetMilliseconds(offset, value);
}

/**
 * Orders two instants: -1, 0 or 1. Equal instants are equal in any spelling.
 *
 * @throws `data.invalid-instant`
 */
export function compareInstants(left: string | number, right: string | number): -1 | 0 | 1 {
  const a = parseInstant(left);
  const b = parseInstant(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

function requireDay(parts: RegExpExecArray, value: unknown): number {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (month >= 1 && month <= 12 && day >= 1) {
    const number = dayOfDate(year, month, day);
    if (dateOfDay(number).month === month && day <= 31) return number;
  }
  return refuse(value, "is a day that does not exist");
}

function offsetMilliseconds(offset: string, value: unknown): number {
  if (offset.toUpperCase() === "Z") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 18 || minutes > 59) return refuse(value, "has an offset that does not exist");
  return (offset.startsWith("-") ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
}

function requireMilliseconds(milliseconds: number, value: unknown): number {
  if (Number.isInteger(milliseconds) && Math.abs(milliseconds) <= LIMIT) return milliseconds;
  return refuse(value, "is not a whole number of milliseconds since 1970");
}

function refuse(value: unknown, why: string): never {
  throw new QmtlError({
    code: "data.invalid-instant",
    message: `${JSON.stringify(value) ?? String(value)} ${why}`,
    next: "Write a date (2020-04-17: the end of that UTC day), a date-time with its offset (2020-04-17T20:00:00Z), or epoch milliseconds.",
  });
}

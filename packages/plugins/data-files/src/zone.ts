const QUARTER = 900_000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** Converts wall clock times of a zone. */
export interface Zone {
  readonly name: string;
  /**
   * The instants at which the zone's clocks show this wall time (given as if it were UTC): one as a rule, two where clocks were set
   * back, none where they were set forward. Ascending.
   */
  instants(wall: number): readonly number[];
}

/** @param name an IANA name, such as `America/New_York` */
export function createZone(name: string): Zone {
  if (name === "UTC") return { name, instants: (wall) => [wall] };
  const offsetAt = cachedOffsets(name);
  return {
    name,
    instants(wall) {
      // Offsets of zones lie within a day of each other, so the offsets in force a day before and after are all that can apply.
      const before = offsetAt(wall - DAY);
      const after = offsetAt(wall + DAY);
      if (before === after && offsetAt(wall - before) === before) return [wall - before];
      const candidates = new Set([before, after, offsetAt(wall - before), offsetAt(wall - after)]);
      return [...candidates]
        .map((offset) => wall - offset)
        .filter((instant) => wall - instant === offsetAt(instant))
        .sort((a, b) => a - b);
    },
  };
}

/**
 * Offsets from UTC in milliseconds. Asking is slow, so what was asked is kept: no zone changes its offset and changes it back within a week,
 * hence equal offsets at both ends of one hold throughout, and changes happen on whole quarters of an hour.
 */
function cachedOffsets(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const known = new Map<number, number>();
  const constantWeeks = new Map<number, number | undefined>();

  function ask(quarter: number): number {
    let offset = known.get(quarter);
    if (offset === undefined) {
      const instant = quarter * QUARTER;
      const parts: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
      const { year, month, day, hour, minute, second } = parts as Record<string, number> & {
        [K in "year" | "month" | "day" | "hour" | "minute" | "second"]: number;
      };
      offset = Date.UTC(year, month - 1, day, hour, minute, second) - instant;
      known.set(quarter, offset);
    }
    return offset;
  }

  return (instant) => {
    const week = Math.floor(instant / WEEK);
    if (!constantWeeks.has(week)) {
      const [first, last] = [ask((week * WEEK) / QUARTER), ask(((week + 1) * WEEK) / QUARTER)];
      constantWeeks.set(week, first === last ? first : undefined);
    }
    return constantWeeks.get(week) ?? ask(Math.floor(instant / QUARTER));
  };
}

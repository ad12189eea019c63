const QUARTER = 900_000;
const DAY = 86_400_000;

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

/** Offsets from UTC in milliseconds. They change on whole quarters of an hour at the finest, so one per quarter is asked for and kept. */
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
  const constantDays = new Map<number, number | undefined>();

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
    const day = Math.floor(instant / DAY);
    if (!constantDays.has(day)) {
      const [first, last] = [ask((day * DAY) / QUARTER), ask(((day + 1) * DAY) / QUARTER)];
      constantDays.set(day, first === last ? first : undefined);
    }
    return constantDays.get(day) ?? ask(Math.floor(instant / QUARTER));
  };
}

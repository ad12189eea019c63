import { sessionDay } from "../analysis/session-day.ts";
import type { Tearsheet } from "../tearsheet.ts";

/** The day of a point of the equity series, or its number where no time is known. */
export function pointName({ times }: Pick<Tearsheet, "times">, point: number): string {
  const time = times?.[point];
  if (time !== undefined) return sessionDay(time);
  return point === 0 ? "the start" : `period ${point}`;
}

/** What the periods of a run are called. */
export function periodsName(interval: string, count: number): string {
  const one = { "1d": "session", "1w": "week", "1mo": "month" }[interval] ?? "period";
  return count === 1 ? one : `${one}s`;
}

/** An instant with its time of day, where that says something. ms UTC. */
export function instantName(instant: number): string {
  return new Date(instant)
    .toISOString()
    .replace(/:00\.000Z$/, "Z")
    .replace("T", " ");
}

const VERDICTS = {
  selected: ["selected", "good"],
  excluded: ["excluded", "bad"],
  inconclusive: ["inconclusive", "warn"],
} as const;

/** The world's verdict and the class of its colour. */
export function verdictName({ view: { decision } }: Tearsheet): readonly [word: string, tone: string] {
  return decision === undefined ? ["not judged", "warn"] : VERDICTS[decision.verdict];
}

/** A fraction in percent with one digit, as a small table has room for. */
export function percentOfOneDigit(value: number): string {
  return (value * 100).toFixed(1).replace(/^-(0\.0)$/, "$1");
}

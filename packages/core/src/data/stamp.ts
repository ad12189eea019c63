import type { StampKind } from "../plugin/contract/data-provider.ts";
import { type ErrorPlace, QmtlError, type QmtlErrorJson } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { DAY } from "./calendar/civil.ts";
import { isoText } from "./iso.ts";
import type { RowTable } from "./row-table.ts";

const EXAMPLES = 5;
const LIMIT = 8.64e15;

export interface StampInput {
  readonly table: RowTable;
  readonly stamp: StampKind;
  readonly interval: Interval;
  readonly calendar: Calendar;
  /** The calendar that the provider's preset is made for. */
  readonly madeFor: string;
  readonly place: ErrorPlace;
}

/**
 * The exclusive bar end of every row.
 *
 * Times that are no starts, ends or session days of the calendar are refused: a row that stands nowhere can't be compared with the
 * bars of other symbols. Where all times would make sense under another declaration, the error names it, so starts that were declared
 * as ends are caught on calendars with sessions. On a grid without breaks (`24x7`) the two look alike and only the declaration can tell.
 *
 * @throws `data.unreadable-time`, `data.stamp-mismatch`, `data.off-grid`
 */
export function barEnds(input: StampInput): Float64Array {
  const { table, stamp, interval, calendar, place } = input;
  const { time } = table;
  if (stamp === "session" && interval !== "1d")
    throw new QmtlError({
      code: "data.stamp-mismatch",
      message: `Bars of ${interval} can't be stamped by their session`,
      place,
      next: "Declare stamp: start or end; session is for 1d.",
    });
  const ends = new Float64Array(time.length);
  const misplaced: number[] = [];
  for (let row = 0; row < time.length; row++) {
    const at = time[row]!;
    // No calls: most of an import of a cold process runs before V8 has compiled the loop.
    if (at % 1 !== 0 || at > LIMIT || at < -LIMIT)
      throw new QmtlError({
        code: "data.unreadable-time",
        message: Number.isNaN(at)
          ? "A row has no time that can be read"
          : `${at} is not a whole number of milliseconds`,
        place: { ...place, ...table.origin(row) },
        next: "Correct the time, or the time format of the preset.",
      });
    const end = barEndOf(stamp, at, interval, calendar);
    ends[row] = end;
    if (Number.isNaN(end)) misplaced.push(row);
  }
  if (misplaced.length > 0) throw offGrid(input, misplaced);
  return ends;
}

function barEndOf(stamp: StampKind, time: number, interval: Interval, calendar: Calendar): number {
  if (stamp === "start") return calendar.barEndOfStart(interval, time);
  if (stamp === "session") return calendar.sessionEndOfDay(time) ?? Number.NaN;
  return !calendar.hasSlots || calendar.barEnd(interval, time) === time ? time : Number.NaN;
}

const MEANING: Readonly<Record<StampKind, string>> = {
  end: "the end",
  start: "the start",
  session: "the session's day",
};

function offGrid(input: StampInput, misplaced: readonly number[]): QmtlError {
  const { table, stamp, interval, calendar, madeFor, place } = input;
  const { time } = table;
  const kinds: readonly StampKind[] = interval === "1d" ? ["session", "start", "end"] : ["start", "end"];
  const fits = (kind: StampKind) => time.every((at) => !Number.isNaN(barEndOf(kind, at, interval, calendar)));
  const dates = interval === "1d" && calendar.zone !== "UTC" && time.every((at) => at % DAY === 0);
  const better = dates ? undefined : kinds.find((kind) => kind !== stamp && fits(kind));
  const details: QmtlErrorJson[] = misplaced.slice(0, EXAMPLES).map((row) => ({
    code: "data.off-grid",
    message: `${isoText(time[row]!)} is not ${MEANING[stamp]} of a bar`,
    place: { ...place, ...table.origin(row) },
  }));
  const first = misplaced[0]!;
  const count = `${misplaced.length} of ${time.length} times, first ${isoText(time[first]!)},`;
  return new QmtlError({
    code: better === undefined ? "data.off-grid" : "data.stamp-mismatch",
    message:
      `${count} are not ${MEANING[stamp]} of a ${interval} bar of ${calendar.id}` +
      (better === undefined ? "" : `, but each of them is ${MEANING[better]} of one`) +
      (dates ? "; each is midnight UTC, so they look like dates without a zone" : ""),
    place: { ...place, ...table.origin(first), bar: time[first]! },
    next: nextStep(),
    details,
  });

  function nextStep(): string {
    if (calendar.id !== madeFor)
      return `Declare calendar: ${madeFor}, for which the preset is made, or use another preset.`;
    if (better !== undefined) return `Declare stamp: ${better} where the preset is defined.`;
    if (dates) return `Declare stamp: session, and give each date an instant within its day in ${calendar.zone}.`;
    return 'Check stamp, zone and calendar of the preset; the calendar "observed" takes bars wherever they stand.';
  }
}

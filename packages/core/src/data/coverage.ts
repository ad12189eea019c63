import type { TimeRange } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import { type Interval, intervalLength } from "../schema/interval.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { isoText } from "./iso.ts";

/**
 * Half-open ranges `from <= t < to` as sets. What comes out is canonical: ascending, disjoint, not touching, none empty; so two
 * results are equal as sets exactly when they are equal as data. What goes in may be in any order, overlap or be empty, but a range
 * that ends before it begins throws `data.invalid-range`.
 *
 * A bar owns the time after the slot before it up to its own end: neighbours touch, also over a night or a weekend. Ranges of inclusive
 * bar starts `[a, b]` translate to `[a, b + interval)`.
 */

/** The union of all ranges. */
export function mergeRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const sorted = ranges.filter(isNotEmpty).sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** What is in `ranges` and not in `without`. */
export function subtractRanges(ranges: readonly TimeRange[], without: readonly TimeRange[]): TimeRange[] {
  const cuts = mergeRanges(without);
  const left: TimeRange[] = [];
  for (const range of mergeRanges(ranges)) {
    let { from } = range;
    for (const cut of cuts) {
      if (cut.to <= from) continue;
      if (cut.from >= range.to) break;
      if (cut.from > from) left.push({ from, to: cut.from });
      from = cut.to;
    }
    if (from < range.to) left.push({ from, to: range.to });
  }
  return left;
}

/** What is in both. */
export function intersectRanges(a: readonly TimeRange[], b: readonly TimeRange[]): TimeRange[] {
  const left = mergeRanges(a);
  const right = mergeRanges(b);
  const both: TimeRange[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const from = Math.max(left[i]!.from, right[j]!.from);
    const to = Math.min(left[i]!.to, right[j]!.to);
    if (from < to) both.push({ from, to });
    if (left[i]!.to < right[j]!.to) i++;
    else j++;
  }
  return both;
}

/** The parts of `requested` that `coverage` lacks. */
export function missingRanges(coverage: readonly TimeRange[], requested: TimeRange): TimeRange[] {
  return subtractRanges([requested], coverage);
}

/** The smallest range that holds all of them; undefined when there is nothing. */
export function boundsOfRanges(ranges: readonly TimeRange[]): TimeRange | undefined {
  const merged = mergeRanges(ranges);
  const first = merged[0];
  const last = merged.at(-1);
  return first === undefined || last === undefined ? undefined : { from: first.from, to: last.to };
}

/** Consecutive pieces of at most `length` that add up to the range. */
export function chunkRange(range: TimeRange, length: number): TimeRange[] {
  if (!(length > 0))
    throw new QmtlError({
      code: "data.invalid-range",
      message: `A chunk can't be ${length} long`,
      next: "Give a length above 0.",
    });
  const chunks: TimeRange[] = [];
  if (!isNotEmpty(range)) return chunks;
  for (let i = 0; range.from + i * length < range.to; i++)
    chunks.push({ from: range.from + i * length, to: Math.min(range.from + (i + 1) * length, range.to) });
  return chunks;
}

export interface CoverageRatioInput {
  readonly requested: TimeRange;
  /** Where rows were found; undefined when there are none. */
  readonly bounds: TimeRange | undefined;
  readonly rows: number;
  /** How many rows the request should have brought. */
  readonly slots: number;
}

/** The smaller of rows over slots and overlapped time over requested time, from 0 to 1. A request without extent is covered by any row. */
export function coverageRatio({ requested, bounds, rows, slots }: CoverageRatioInput): number {
  if (rows <= 0 || bounds === undefined) return 0;
  const span = requested.to - requested.from;
  if (span <= 0) return 1;
  const overlap = Math.max(0, Math.min(bounds.to, requested.to) - Math.max(bounds.from, requested.from));
  return Math.min(1, slots > 0 ? rows / slots : 1, overlap / span);
}

/** Ends of the bars that the calendar expects within `requested` and whose last instant is not covered. */
export function missingSlots(
  coverage: readonly TimeRange[],
  requested: TimeRange,
  calendar: Calendar,
  interval: Interval,
): Float64Array {
  const missing = missingRanges(coverage, requested);
  const ends = missing.flatMap(({ from, to }) => Array.from(calendar.slots(interval, from, to)));
  return Float64Array.from(ends);
}

/**
 * The time that a series' bars own, given their ends (ascending); the first bar reaches one nominal interval back. For `observed` there is no
 * slot between two bars, so it is one range. Every stamp must be a slot, which the import makes sure of.
 */
export function coverageOfStamps(stamps: Float64Array, calendar: Calendar, interval: Interval): TimeRange[] {
  const first = stamps[0];
  const last = stamps.at(-1);
  if (first === undefined || last === undefined) return [];
  const start = first - intervalLength(interval);
  if (!calendar.hasSlots) return [{ from: start, to: last }];
  if (isGapless(stamps, calendar, interval)) return [{ from: start, to: last }];
  const slots = calendar.slots(interval, first, last);
  const ranges: TimeRange[] = [];
  let from: number | undefined = start;
  let before = first;
  for (let i = 0, bar = 1; i < slots.length; i++) {
    const slot = slots[i]!;
    if (stamps[bar] === slot) {
      from ??= before;
      bar++;
    } else if (from !== undefined) {
      ranges.push({ from, to: before });
      from = undefined;
    }
    before = slot;
  }
  return from === undefined ? ranges : [...ranges, { from, to: last }];
}

/** Slots of the calendar between the first and the last stamp at which the series has no bar. */
export function absentSlots(stamps: Float64Array, calendar: Calendar, interval: Interval): Float64Array {
  const first = stamps[0];
  const last = stamps.at(-1);
  if (first === undefined || last === undefined || !calendar.hasSlots || isGapless(stamps, calendar, interval))
    return new Float64Array(0);
  const slots = calendar.slots(interval, first, last);
  const absent: number[] = [];
  for (let i = 0, j = 1; i < slots.length; i++) {
    while (stamps[j]! < slots[i]!) j++;
    if (stamps[j] !== slots[i]) absent.push(slots[i]!);
  }
  return Float64Array.from(absent);
}

/** Where every stamp is a slot, which the import made sure of, equal counts mean equal sets. */
function isGapless(stamps: Float64Array, calendar: Calendar, interval: Interval): boolean {
  return calendar.countSlots(interval, stamps[0]!, stamps.at(-1)!) === stamps.length - 1;
}

function isNotEmpty(range: TimeRange): boolean {
  if (range.from > range.to || Number.isNaN(range.from) || Number.isNaN(range.to))
    throw new QmtlError({
      code: "data.invalid-range",
      message: `A range can't begin at ${isoText(range.from)} and end at ${isoText(range.to)}`,
      next: "Give ranges whose end is not before their beginning.",
    });
  return range.from < range.to;
}

import type { ColumnBatch, StampKind } from "../plugin/contract/data-provider.ts";
import type { ColumnArray, Columns } from "../schema/cell.ts";
import { type ErrorPlace, QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { absentSlots } from "./coverage.ts";
import { isoText } from "./iso.ts";
import type { Series } from "./panel.ts";
import { collectFindings, type Findings, type SeriesReport } from "./report.ts";
import { joinBatches, type RowTable } from "./row-table.ts";
import { boundsViolation, holdsNumbers, keepsBounds } from "./sound-cells.ts";
import { barEnds } from "./stamp.ts";

export interface ConformInput {
  /** The rows of one series in the order of their source; how they are split does not matter. */
  readonly batches: readonly ColumnBatch[];
  /** The world's word for the preset, for errors. */
  readonly preset: string;
  readonly symbol: string;
  readonly tags: readonly string[];
  readonly columns: Columns;
  readonly interval: Interval;
  readonly calendar: Calendar;
  readonly stamp: StampKind;
  /** The calendar that the provider's preset is made for. */
  readonly madeFor: string;
  /**
   * Rows that stand in the order in which they became known: one that is not after the newest before it came late, and is left out. Default: such
   * rows are refused. `following`: they follow the first, which was taken before.
   */
  readonly arriving?: "first" | "following";
}

export interface Conformed {
  readonly series: Series;
  readonly report: SeriesReport;
}

/**
 * Turns rows into a series, or refuses them: stamps become bar ends, rows that run from the newest to the oldest are turned round,
 * repeated rows are dropped, infinite cells lose their value. All of it is counted in the report, as are holes, bars that break the
 * bounds of high and low, and gaps; what those mean is for the gap policy to say ({@link applyGapPolicy}).
 *
 * @throws `data.no-rows`, `data.missing-column`, `data.ragged-batch`, `data.unreadable-cell`, `data.unknown-word`,
 *   `data.unreadable-time`, `data.stamp-mismatch`, `data.off-grid`, `data.unordered`, `data.conflicting-duplicate`
 */
export function conformSeries(input: ConformInput): Conformed {
  const { symbol, columns, interval, calendar } = input;
  const place: ErrorPlace = { preset: input.preset, symbol };
  const table = joinBatches(input.batches, columns, place);
  const read = table.time.length;
  if (read === 0)
    throw new QmtlError({
      code: "data.no-rows",
      message: `There are no rows of ${symbol} at ${interval}`,
      place,
      next: "Check the symbol and the source of the preset.",
    });
  const ends = barEnds({ table, stamp: input.stamp, interval, calendar, madeFor: input.madeFor, place });
  const findings = collectFindings();
  const { arriving } = input;
  const descending = requireOrder(table, ends, place, arriving);
  if (descending)
    findings.add("reversed", () => ({ bar: ends[0]!, ...table.origin(0), detail: "the first row is the newest" }));
  const kept = isAscending(ends)
    ? { ...table, time: ends }
    : rowsAt(table, ends, distinctRows({ table, ends, descending, columns, findings, place, arriving }));
  if (!isSound(kept, columns)) inspectCells(kept, columns, findings);
  for (const end of absentSlots(kept.time, calendar, interval))
    findings.add("gap", () => ({ bar: end, detail: `no bar ends at ${isoText(end)}` }));
  return {
    series: { symbol, tags: input.tags, stamps: kept.time, columns: kept.columns },
    report: {
      symbol,
      rows: { read, kept: kept.time.length },
      span: { first: kept.time[0]!, last: kept.time.at(-1)! },
      findings: findings.list(),
    },
  };
}

/** Whether the rows run from the newest to the oldest. Rows that do neither are refused, unless they arrive: nobody knows which neighbour is wrong. */
function requireOrder(
  table: RowTable,
  ends: Float64Array,
  place: ErrorPlace,
  arriving: ConformInput["arriving"],
): boolean {
  let rising = 0;
  let firstFall = 0;
  for (let row = 1; row < ends.length; row++) {
    if (ends[row]! > ends[row - 1]!) rising++;
    else if (ends[row]! < ends[row - 1]! && firstFall === 0) firstFall = row;
  }
  if (firstFall === 0 || arriving === "following") return false;
  if (rising === 0) return true;
  if (arriving === "first") return false;
  throw new QmtlError({
    code: "data.unordered",
    message: `The bar of ${isoText(ends[firstFall]!)} stands after that of ${isoText(ends[firstFall - 1]!)}`,
    place: { ...place, ...table.origin(firstFall), bar: ends[firstFall]! },
    next: "Sort the rows by time, oldest first.",
  });
}

interface DistinctInput {
  readonly table: RowTable;
  readonly ends: Float64Array;
  readonly descending: boolean;
  readonly columns: Columns;
  readonly findings: Findings;
  readonly place: ErrorPlace;
  readonly arriving: ConformInput["arriving"];
}

/** The rows to keep, oldest first: of rows with equal cells at one bar end the first; unequal ones are refused, or late where rows arrive. */
function distinctRows({ table, ends, descending, columns, findings, place, arriving }: DistinctInput): Int32Array {
  const rows = ends.length;
  const order = new Int32Array(rows);
  const names = Object.keys(columns);
  let count = 0;
  const late = (row: number, newest: number): void =>
    findings.add("late", () => ({
      bar: ends[row]!,
      ...table.origin(row),
      detail: `came in after the bar of ${isoText(ends[newest]!)}`,
    }));
  for (let row = 0; row < rows; row++) {
    const before = arriving === undefined || descending ? row - 1 : (order[count - 1] ?? -1);
    if (arriving !== undefined && !descending && before >= 0 && ends[row]! < ends[before]!) {
      late(row, before);
      continue;
    }
    if (before >= 0 && ends[before] === ends[row]) {
      const differing = names.find((name) => !Object.is(table.columns[name]![before], table.columns[name]![row]));
      if (differing !== undefined && arriving !== undefined) {
        late(row, before);
        continue;
      }
      if (differing !== undefined) throw conflict(table, ends, differing, before, row, place);
      findings.add("duplicate", () => ({ bar: ends[row]!, ...table.origin(row), detail: "repeats the row before it" }));
      continue;
    }
    order[count++] = row;
  }
  const kept = order.slice(0, count);
  return descending ? kept.reverse() : kept;
}

function conflict(
  table: RowTable,
  ends: Float64Array,
  column: string,
  before: number,
  row: number,
  place: ErrorPlace,
): QmtlError {
  const [first, second] = [table.origin(before), table.origin(row)];
  const lines = first.line === undefined ? "" : ` (lines ${first.line} and ${second.line})`;
  const cells = table.columns[column]!;
  return new QmtlError({
    code: "data.conflicting-duplicate",
    message: `Two rows of the bar of ${isoText(ends[row]!)} disagree on "${column}": ${cells[before]} and ${cells[row]}${lines}`,
    place: { ...place, ...second, bar: ends[row]! },
    next: "Remove the wrong one.",
    details: [
      { code: "data.conflicting-duplicate", message: "the first of the two rows", place: { ...place, ...first } },
    ],
  });
}

/** Every row is after the one before it: all of them stay where they are. */
function isAscending(ends: Float64Array): boolean {
  for (let row = 1; row < ends.length; row++) if (!(ends[row]! > ends[row - 1]!)) return false;
  return true;
}

function rowsAt(table: RowTable, ends: Float64Array, order: Int32Array): RowTable {
  return {
    time: gather(ends, order),
    columns: Object.fromEntries(Object.entries(table.columns).map(([name, cells]) => [name, gather(cells, order)])),
    origin: (row) => table.origin(order[row]!),
  };
}

function gather<A extends ColumnArray>(cells: A, order: Int32Array): A {
  const kept = cells.slice(0, order.length);
  for (let i = 0; i < order.length; i++) kept[i] = cells[order[i]!]!;
  return kept as A;
}

/** Nothing to find for {@link inspectCells}, which is what most data are like: seen column by column, at a fraction of the cost. */
function isSound({ columns: cells }: RowTable, columns: Columns): boolean {
  for (const [name, { dtype }] of Object.entries(columns))
    if (dtype === "f64" && !holdsNumbers(cells[name] as Float64Array)) return false;
  return keepsBounds(cells, columns);
}

/** Drops infinities and reports them, rows with missing cells, and bars out of bounds. */
function inspectCells(table: RowTable, columns: Columns, findings: Findings): void {
  const names = Object.keys(columns).filter((name) => columns[name]?.dtype === "f64");
  const floats = names.map((name) => table.columns[name] as Float64Array);
  const violation = boundsViolation(table.columns, columns);
  for (let row = 0; row < table.time.length; row++) {
    const bar = table.time[row]!;
    let missing: string[] | undefined;
    for (let i = 0; i < floats.length; i++) {
      const cells = floats[i]!;
      const value = cells[row]!;
      if (Number.isFinite(value)) continue;
      const name = names[i]!;
      if (!Number.isNaN(value)) {
        findings.add("non-finite", () => ({ bar, ...table.origin(row), column: name, detail: `is ${value}` }));
        cells[row] = Number.NaN;
      }
      missing = missing === undefined ? [name] : [...missing, name];
    }
    if (missing !== undefined) {
      const [column = "", ...others] = missing;
      const detail = `has no value in ${[column, ...others].join(", ")}`;
      findings.add("hole", () => ({ bar, ...table.origin(row), column, detail }));
    }
    const broken = violation?.(row);
    if (broken !== undefined) findings.add("bounds", () => ({ bar, ...table.origin(row), detail: broken }));
  }
}

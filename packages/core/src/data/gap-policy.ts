import { allocateColumn, type ColumnArray } from "../schema/cell.ts";
import { type ErrorPlace, QmtlError, type QmtlErrorJson } from "../schema/error.ts";
import { absentSlots } from "./coverage.ts";
import { isoText } from "./iso.ts";
import type { Panel, Series } from "./panel.ts";
import type { GapPolicy } from "./preset.ts";
import type { FindingKind, SeriesReport } from "./report.ts";
import { boundsViolation, holdsNumbers, keepsBounds } from "./sound-cells.ts";

export interface GapPolicyInput {
  /** Already cut: the policy must not see what comes after the cut. */
  readonly panel: Panel;
  readonly gaps: GapPolicy;
  /** From the import, so that refusals can name file and line. */
  readonly reports?: readonly SeriesReport[];
}

/**
 * Says what slots without a bar, and bars that lack a value, become between a symbol's first and last bar: `refuse` ends with an error
 * (bars that break the bounds of high and low too); `mark` inserts bars of `NaN` at the slots and leaves the cells that are there as they
 * are; `absent` leaves the slots out and drops bars that lack a value.
 *
 * @throws `data.gaps`, `data.holes`, `data.bounds` (policy `refuse`), `data.cannot-mark` (a column that has no missing value)
 */
export function applyGapPolicy({ panel, gaps, reports = [] }: GapPolicyInput): Panel {
  const series = panel.series.map((one) => {
    const report = reports.find(({ symbol }) => symbol === one.symbol);
    if (gaps === "refuse") return requireWhole(panel, one, report);
    return gaps === "mark" ? markGaps(panel, one) : dropHoles(panel, one);
  });
  return { ...panel, series };
}

function requireWhole(panel: Panel, series: Series, report: SeriesReport | undefined): Series {
  const absent = absentSlots(series.stamps, panel.calendar, panel.interval);
  if (absent.length > 0)
    throw refusal({
      code: "data.gaps",
      panel,
      series,
      report,
      kind: "gap",
      bars: Array.from(absent),
      message: (first) =>
        `${series.symbol} lacks ${absent.length} ${panel.interval} bars that ${panel.calendar.id} expects, first the one that ends at ${first}`,
    });
  const holes = holesOf(panel, series);
  if (holes.length > 0)
    throw refusal({
      code: "data.holes",
      panel,
      series,
      report,
      kind: "hole",
      bars: holes.map((row) => series.stamps[row]!),
      message: (first) => `${holes.length} bars of ${series.symbol} lack a value, first the one that ends at ${first}`,
    });
  if (!keepsBounds(series.columns, panel.schema.columns)) {
    const violation = boundsViolation(series.columns, panel.schema.columns);
    const broken = rowsWhere(series, (row) => violation?.(row) !== undefined);
    throw refusal({
      code: "data.bounds",
      panel,
      series,
      report,
      kind: "bounds",
      bars: broken.map((row) => series.stamps[row]!),
      message: (first) => `In ${broken.length} bars of ${series.symbol} ${violation?.(broken[0]!)}, first at ${first}`,
    });
  }
  return series;
}

function markGaps(panel: Panel, series: Series): Series {
  const absent = absentSlots(series.stamps, panel.calendar, panel.interval);
  if (absent.length === 0) return series;
  const unmarkable = Object.entries(panel.schema.columns).find(([, cell]) => cell.dtype !== "f64");
  if (unmarkable !== undefined)
    throw new QmtlError({
      code: "data.cannot-mark",
      message: `${series.symbol} lacks ${absent.length} bars, first at ${isoText(absent[0]!)}, and a ${unmarkable[1].dtype} column such as "${unmarkable[0]}" has no missing value`,
      place: { preset: panel.preset, symbol: series.symbol, bar: absent[0]! },
      next: "Declare gaps: absent, or correct the source.",
    });
  const rows = series.stamps.length + absent.length;
  const stamps = new Float64Array(rows);
  const columns: Record<string, ColumnArray> = {};
  for (const [name, cell] of Object.entries(panel.schema.columns)) columns[name] = allocateColumn(cell, rows);
  for (let row = 0, bar = 0, slot = 0; row < rows; row++) {
    if (slot < absent.length && absent[slot]! < series.stamps[bar]!) {
      stamps[row] = absent[slot++]!;
      continue;
    }
    stamps[row] = series.stamps[bar]!;
    for (const name of Object.keys(columns)) columns[name]![row] = series.columns[name]![bar]!;
    bar++;
  }
  return { ...series, stamps, columns };
}

function dropHoles(panel: Panel, series: Series): Series {
  const holes = new Set(holesOf(panel, series));
  if (holes.size === 0) return series;
  const keep = <A extends ColumnArray>(cells: A): A => cells.filter((_, row) => !holes.has(row)) as A;
  const columns = Object.fromEntries(Object.entries(series.columns).map(([name, cells]) => [name, keep(cells)]));
  return { ...series, stamps: keep(series.stamps), columns };
}

function holesOf(panel: Panel, series: Series): number[] {
  const floats = Object.entries(panel.schema.columns).filter(([, cell]) => cell.dtype === "f64");
  const cells = floats.flatMap(([name]) => {
    const column = series.columns[name] as Float64Array;
    return holdsNumbers(column) ? [] : [column];
  });
  return cells.length === 0 ? [] : rowsWhere(series, (row) => cells.some((column) => Number.isNaN(column[row]!)));
}

function rowsWhere(series: Series, predicate: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < series.stamps.length; row++) if (predicate(row)) rows.push(row);
  return rows;
}

interface Refusal {
  readonly code: string;
  readonly panel: Panel;
  readonly series: Series;
  readonly report: SeriesReport | undefined;
  readonly kind: FindingKind;
  readonly bars: readonly number[];
  readonly message: (first: string) => string;
}

const EXAMPLES = 5;

function refusal({ code, panel, series, report, kind, bars, message }: Refusal): QmtlError {
  const base: ErrorPlace = { preset: panel.preset, symbol: series.symbol };
  const examples = report?.findings.find((finding) => finding.kind === kind)?.examples ?? [];
  const placeOf = (bar: number): ErrorPlace => {
    const example = examples.find((one) => one.bar === bar);
    return {
      ...base,
      ...(example?.file !== undefined && { file: example.file }),
      ...(example?.line !== undefined && { line: example.line }),
      bar,
    };
  };
  const details: QmtlErrorJson[] = bars.slice(0, EXAMPLES).map((bar) => ({
    code,
    message: examples.find((one) => one.bar === bar)?.detail ?? `the bar that ends at ${isoText(bar)}`,
    place: placeOf(bar),
  }));
  const first = bars[0]!;
  return new QmtlError({
    code,
    message: message(isoText(first)),
    place: placeOf(first),
    next: "Correct the source, or declare gaps: mark or gaps: absent.",
    details,
  });
}

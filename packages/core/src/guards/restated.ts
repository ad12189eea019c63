import { isoText } from "../data/iso.ts";
import type { Panel, Series } from "../data/panel.ts";
import { upperBound } from "../data/sorted.ts";
import { cellValue, type Difference } from "./difference.ts";
import type { GuardFinding } from "./finding.ts";

/** A stream's data as they are known now, and as they were known at a cut; both before any gap policy. */
export interface KnownThen {
  /** Ms UTC. */
  readonly cut: number;
  readonly now: Panel;
  readonly before: Panel;
  /** Symbols and columns that the run reads. */
  readonly symbols: readonly string[];
  readonly columns: readonly string[];
  /** The stream's node: none for rates of a currency, which no node reads. */
  readonly node?: { readonly index: number; readonly label: string };
}

/** Ratios that agree this well are one factor. */
const ONE_FACTOR = 1e-6;

/**
 * Whether the bars up to a cut are still what they were when they were published: restated or back-adjusted values, bars that were added or
 * taken away later, symbols that were not there. The newest bars may be missing then: publishing takes time.
 *
 * @returns at most one finding per column, for the symbol whose bars part first, and one for symbols that were not there
 */
export function compareKnown({ cut, now, before: older, symbols, columns, node }: KnownThen): readonly GuardFinding[] {
  const at = node === undefined ? {} : { index: node.index, node: node.label };
  const absent: string[] = [];
  let firstAbsent = Number.POSITIVE_INFINITY;
  const changed = new Map<string, Restatement>();
  let moved: Restatement | undefined;
  for (const symbol of symbols) {
    const today = seriesOf(now, symbol);
    const before = seriesOf(older, symbol);
    const rows = today === undefined ? 0 : upperBound(today.stamps, cut);
    if (today === undefined || rows === 0) continue;
    const known = before === undefined ? 0 : upperBound(before.stamps, cut);
    if (before === undefined || known === 0) {
      absent.push(symbol);
      firstAbsent = Math.min(firstAbsent, today.stamps[0]!);
      continue;
    }
    // Both hold the same bars up to where the older knowledge ends.
    const until = upperBound(today.stamps, before.stamps[known - 1]!);
    const different = differentBar(today.stamps, until, before.stamps, known);
    if (different !== undefined) {
      if (moved === undefined || different < moved.difference.bar)
        moved = {
          difference: { column: "", symbol, bar: different, left: null, right: null },
          bars: Math.abs(until - known),
          factor: undefined,
        };
      continue;
    }
    for (const column of columns) {
      const found = restatement(now, today, before, column, until);
      const first = changed.get(column);
      if (found !== undefined && (first === undefined || found.difference.bar < first.difference.bar))
        changed.set(column, found);
    }
  }
  return [
    ...[...changed.values()].map((one) => ({ ...valuesChanged(one, cut, now.preset), ...at })),
    ...(moved === undefined ? [] : [{ ...barsChanged(moved, cut, now.preset), ...at }]),
    ...(absent.length === 0 ? [] : [{ ...survivors(absent, firstAbsent, cut, now.preset), ...at }]),
  ];
}

interface Restatement {
  readonly difference: Omit<Difference, "node">;
  readonly bars: number;
  /** Where all values changed by one factor. */
  readonly factor: number | undefined;
}

function seriesOf({ series }: Panel, symbol: string): Series | undefined {
  return series.find((one) => one.symbol === symbol);
}

/** The end of the first bar that only one of the two has. */
function differentBar(a: Float64Array, rowsA: number, b: Float64Array, rowsB: number): number | undefined {
  const rows = Math.min(rowsA, rowsB);
  for (let row = 0; row < rows; row++) if (a[row] !== b[row]) return Math.min(a[row]!, b[row]!);
  return rowsA === rowsB ? undefined : (rowsA > rowsB ? a : b)[rows];
}

function restatement(
  panel: Panel,
  today: Series,
  before: Series,
  column: string,
  rows: number,
): Restatement | undefined {
  const cell = panel.schema.columns[column];
  const a = today.columns[column];
  const b = before.columns[column];
  if (cell === undefined || a === undefined || b === undefined) return undefined;
  let first: number | undefined;
  let bars = 0;
  let factor: number | undefined;
  let isOne = true;
  for (let row = 0; row < rows; row++) {
    if (Object.is(a[row], b[row])) continue;
    first ??= row;
    bars++;
    const ratio = a[row]! / b[row]!;
    factor ??= ratio;
    isOne &&= Math.abs(ratio / factor - 1) < ONE_FACTOR;
  }
  if (first === undefined) return undefined;
  return {
    difference: {
      column,
      symbol: today.symbol,
      bar: today.stamps[first]!,
      left: cellValue(cell, a[first]!),
      right: cellValue(cell, b[first]!),
    },
    bars,
    factor: bars > 1 && isOne ? factor : undefined,
  };
}

function valuesChanged(
  { difference: { column, symbol, bar, left, right }, bars, factor }: Restatement,
  cut: number,
  preset: string,
): GuardFinding {
  const how =
    factor === undefined
      ? `${bars === 1 ? "one bar" : `${bars} bars`} of ${symbol} up to there ${bars === 1 ? "holds" : "hold"} another value now`
      : `${bars} bars of ${symbol} up to there are multiplied by ${Number(factor.toPrecision(6))} now, as by a later adjustment`;
  return {
    kind: "restated",
    severity: "doubt",
    message: `The ${column} of preset ${preset} is not what was known on ${isoText(cut)}: ${how}, first the bar that ended ${isoText(bar)}, ${String(right)} then and ${String(left)} now`,
    hint:
      factor === undefined
        ? "Read values as they were first published, or lag the column until it is final."
        : "Read prices that are adjusted forward from the first bar, or raw ones.",
    column,
    symbol,
    bar,
    values: { "known then": right, now: left },
  };
}

function barsChanged({ difference: { symbol, bar } }: Restatement, cut: number, preset: string): GuardFinding {
  return {
    kind: "restated",
    severity: "doubt",
    message: `The bars of ${symbol} in preset ${preset} are not those that were known on ${isoText(cut)}: first the one that ended ${isoText(bar)} was added or taken away later`,
    hint: "Read history as it was published, or start after the bars that were filled in.",
    symbol,
    bar,
  };
}

function survivors(symbols: readonly string[], bar: number, cut: number, preset: string): GuardFinding {
  const [first = ""] = symbols;
  const named =
    symbols.length > 5 ? `${symbols.slice(0, 5).join(", ")} and ${symbols.length - 5} more` : symbols.join(", ");
  return {
    kind: "survivor",
    severity: "doubt",
    message: `${named} of preset ${preset} ${symbols.length === 1 ? "has" : "have"} bars before ${isoText(cut)} that nobody knew then: ${symbols.length === 1 ? "it was" : "they were"} chosen later`,
    hint: "Declare the universe as it was then, with the symbols that have ended since.",
    symbol: first,
    bar,
    values: { symbols: symbols.join(", ") },
  };
}

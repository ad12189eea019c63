import type { Cell, Columns, F64, Num } from "../schema/cell.ts";
import { f64, seconds } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import { compareIntervals, type Interval, requireInterval } from "../schema/interval.ts";
import { FOLDS, type Fold } from "../schema/schema.ts";
import type { Column, IntervalOf, LongerThan, Panel, PanelOf, Readable, Scope } from "./column.ts";
import { requireBars, requireFinite } from "./count.ts";
import type { Draft, DraftRead } from "./handle.ts";
import { cellOf, clockOf, columnOf, meaningOf, panelHandle, panelOf, singleColumn } from "./handle.ts";
import { refuseUnknownKeys } from "./option.ts";

/**
 * One named symbol of a panel, as a market-wide panel: any node may read it beside other symbols.
 *
 * @example
 * const spy = pick(bars, "SPY");
 */
export function pick<S extends Columns, I extends Interval>(
  from: Panel<S, I, "symbol">,
  symbol: string,
): Panel<S, I, "market"> {
  const draft = panelOf(from, "What pick() reads");
  if (draft.node.scope === "market")
    throw new QmtlError({
      code: "strategy.already-market",
      message: "pick() reads a panel that is market-wide already",
      next: "Use its columns as they are.",
    });
  if (typeof symbol !== "string" || symbol === "")
    throw new QmtlError({
      code: "strategy.invalid-symbol",
      message: "pick() names no symbol",
      next: 'Write pick(bars, "SPY").',
    });
  return panelHandle({
    node: { kind: "pick", symbol, output: draft.node.output, interval: draft.node.interval, scope: "market" },
    inputs: [{ name: "of", read: { kind: "panel", draft } }],
  }) as unknown as Panel<S, I, "market">;
}

/** The end of each bar, in seconds since 1970: the only clock that a `compute` may know. */
export function barTime<I extends Interval, A extends Scope>(
  of: Readable<unknown, I, A>,
): Column<F64<"seconds">, I, A> {
  const read = readOf(of, "What barTime() reads");
  return singleColumn({
    node: { kind: "bar-time", output: { time: seconds }, ...clock(read) },
    inputs: [{ name: "of", read }],
  }) as unknown as Column<F64<"seconds">, I, A>;
}

/**
 * Uniform numbers in [0, 1), the only randomness there is: a function of the seed, the symbol and the bar, so that any replay
 * draws the same.
 */
export function rng<I extends Interval, A extends Scope>(of: Readable<unknown, I, A>, seed: number): Column<F64, I, A> {
  const read = readOf(of, "What rng() reads");
  return singleColumn({
    node: { kind: "rng", seed: requireFinite(seed, "The seed of rng()"), output: { value: f64 }, ...clock(read) },
    inputs: [{ name: "of", read }],
  }) as unknown as Column<F64, I, A>;
}

/** Declares that a column has another cell. Numbers keep their bits; it is the author's claim, and part of the identity. */
export function cast<T extends Num, I extends Interval, A extends Scope>(
  column: Column<Num, I, A>,
  to: T,
): Column<T, I, A> {
  const from = columnOf(column, "What cast() reads");
  const cell = cellOf(from);
  if (cell.dtype === "bool" || cell.dtype === "categorical" || (to as Cell).dtype !== cell.dtype)
    throw new QmtlError({
      code: "strategy.invalid-cast",
      message: `cast() can't turn ${cell.dtype} into ${(to as Cell).dtype}`,
      next: "A cast renames the unit of a number; compute another dtype in a node.",
    });
  return singleColumn({
    node: { kind: "cast", to, output: { value: to }, ...clock({ kind: "column", from }) },
    inputs: [{ name: "of", read: { kind: "column", from } }],
  }) as unknown as Column<T, I, A>;
}

export type Resampled<X, To extends Interval> =
  X extends Column<infer T, Interval, infer A>
    ? Column<T, To, A>
    : X extends PanelOf<infer S, Interval, infer A>
      ? Panel<S, To, A>
      : never;

/**
 * Moves a column or a panel to another clock. To a longer interval, a column folds by `fold` (default `"last"`) and a panel by
 * its schema; a bar that is not complete shows nothing. To a shorter one, each bar reads the last *complete* value, so a day's
 * value first shows in the bar that ends with the day.
 *
 * @throws `strategy.same-interval`, `strategy.invalid-fold`
 * @example
 * const monthly = resample(daily, "1mo");
 * const dailyHigh = resample(hourly.high, "1d", "max");
 */
export function resample<
  X extends Column<Cell, Interval, Scope> | PanelOf<Columns, Interval, Scope>,
  const To extends Interval,
>(
  of: X,
  to: To,
  ...fold: X extends Column<Cell, Interval, Scope> ? (To extends LongerThan<IntervalOf<X>> ? [fold?: Fold] : []) : []
): Resampled<X, To> {
  const read = readOf(of, "What resample() reads");
  const { interval, scope } = clock(read);
  const target = requireInterval(to);
  if (target === interval)
    throw new QmtlError({
      code: "strategy.same-interval",
      message: `resample() moves ${interval} to ${interval}`,
      next: "Use the column as it is.",
    });
  const direction = compareIntervals(target, interval) > 0 ? "longer" : "shorter";
  const columns = columnsOf(read);
  const [how] = fold as [Fold?];
  if (how !== undefined && (direction === "shorter" || read.kind !== "column" || !FOLDS.includes(how)))
    throw new QmtlError({
      code: "strategy.invalid-fold",
      message: `resample() can't fold ${direction === "shorter" ? "toward a shorter interval" : `by "${String(how)}"`}`,
      next: `A fold (${FOLDS.join(", ")}) goes with one column and a longer interval.`,
    });
  const schemaFold = read.kind === "panel" ? foldOf(read.draft) : {};
  const folds =
    direction === "shorter"
      ? {}
      : Object.fromEntries(Object.keys(columns).map((column) => [column, how ?? schemaFold[column] ?? "last"]));
  for (const [column, fold] of Object.entries(folds)) {
    const { dtype } = columns[column] as Cell;
    if ((dtype === "bool" || dtype === "categorical") && fold !== "first" && fold !== "last")
      throw new QmtlError({
        code: "strategy.invalid-fold",
        message: `"${column}" is ${dtype} and can't fold by "${fold}"`,
        next: 'Fold it by "first" or "last".',
      });
  }
  const draft: Draft = {
    node: {
      kind: "resample",
      direction,
      fold: folds as Readonly<Record<string, Fold>>,
      output: columns,
      interval: target,
      scope,
    },
    inputs: [{ name: "of", read }],
  };
  return (read.kind === "panel" ? panelHandle(draft) : singleColumn(draft)) as unknown as Resampled<X, To>;
}

/**
 * A column or panel on the stamps of `to`: its last value at or before each of them, not older than `maxAge` bars of that
 * clock; older is `NaN`. It joins calendars that differ.
 *
 * @example
 * const london = align(lse.close, nyse, { maxAge: 3 });
 */
export function align<X extends Column<Cell, Interval, Scope> | PanelOf<Columns, Interval, Scope>, I extends Interval>(
  of: X,
  to: Readable<unknown, I, Scope>,
  options: { readonly maxAge: number },
): Resampled<X, I> {
  const read = readOf(of, "What align() reads");
  const target = readOf(to, "The clock of align()");
  refuseUnknownKeys(options, ["maxAge"], "align()");
  const columns = columnsOf(read);
  for (const [column, cell] of Object.entries(columns))
    if (cell.dtype !== "f64")
      throw new QmtlError({
        code: "strategy.invalid-align",
        message: `"${column}" is ${cell.dtype}, which has no "too old" value`,
        next: "Align columns of f64.",
      });
  const draft: Draft = {
    node: {
      kind: "align",
      maxAge: requireBars(options.maxAge, "maxAge of align()", 0),
      output: columns,
      interval: clock(target).interval,
      scope: clock(read).scope === "symbol" || clock(target).scope === "symbol" ? "symbol" : "market",
    },
    inputs: [
      { name: "of", read },
      { name: "to", read: target },
    ],
  };
  return (read.kind === "panel" ? panelHandle(draft) : singleColumn(draft)) as unknown as Resampled<X, I>;
}

function readOf(value: unknown, where: string): Extract<DraftRead, { kind: "column" | "panel" }> {
  const meaning = meaningOf(value, where);
  if (meaning.kind === "column" || meaning.kind === "panel") return meaning;
  throw new QmtlError({
    code: "strategy.column-expected",
    message: `${where} is a ${meaning.kind}`,
    next: "Pass a column or a panel.",
  });
}

function clock(read: DraftRead): { interval: Interval; scope: Scope } {
  return clockOf(read) as { interval: Interval; scope: Scope };
}

function columnsOf(read: Extract<DraftRead, { kind: "column" | "panel" }>): Columns {
  return read.kind === "column" ? { [read.from.column]: cellOf(read.from) } : read.draft.node.output;
}

/** The folds of the stream behind a panel, as far as its columns come unchanged from one. */
function foldOf(draft: Draft): Readonly<Record<string, Fold | undefined>> {
  if (draft.node.kind === "stream") return draft.node.schema.fold;
  if (draft.node.kind === "pick" || draft.node.kind === "resample" || draft.node.kind === "align") {
    const source = draft.inputs[0]?.read;
    if (source?.kind === "panel") return foldOf(source.draft);
  }
  return {};
}

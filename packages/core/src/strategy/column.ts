import type { Cell, Columns, F64, Value } from "../schema/cell.ts";
import type { Interval, Intervals } from "../schema/interval.ts";

type After<L extends readonly unknown[], X> = L extends readonly [infer H, ...infer R]
  ? H extends X
    ? R[number]
    : After<R, X>
  : never;

/** Every interval longer than `I`. */
export type LongerThan<I extends Interval> = Extract<After<Intervals, I>, Interval>;

/** `"symbol"`: a value per symbol of the universe. `"market"`: one value for all; joined to symbols it is repeated. */
export type Scope = "symbol" | "market";

/** What a run may do. Only a world decides which one applies; a node may only narrow where it is allowed. */
export type Domain = "backtest" | "dryrun" | "live" | "shadow";

export const DOMAINS: readonly Domain[] = ["backtest", "dryrun", "live", "shadow"];

// These keys exist in types only: no handle carries them at run time, so no phantom key shows in completion.
declare const causal: unique symbol;
declare const cell: unique symbol;
declare const columns: unique symbol;
declare const delayed: unique symbol;
declare const decides: unique symbol;

/** Something a node may read: known at the end of its bar, never later. `V` is what `compute` sees of it. */
export interface Readable<V, I extends Interval, A extends Scope> {
  readonly [causal]: { readonly value: V; readonly interval: I; readonly scope: A };
}

/** A column of cells `T` on the clock `I`. */
export interface Column<T extends Cell, I extends Interval, A extends Scope = "symbol">
  extends Readable<Value<T>, I, A> {
  readonly [cell]: T;
}

export interface PanelOf<S extends Columns, I extends Interval, A extends Scope> extends Readable<Row<S>, I, A> {
  readonly [columns]: S;
}

/** Columns on one clock: a stream, a node's outputs, a multi-output indicator. Each column is a property. */
export type Panel<S extends Columns, I extends Interval, A extends Scope = "symbol"> = PanelOf<S, I, A> & {
  readonly [K in keyof S]: Column<S[K], I, A>;
};

/** The last `bars` bars of a column or a panel. */
export interface Windowed<V, I extends Interval, A extends Scope> extends Readable<V, I, A> {
  readonly bars: number;
}

/** A value known only after its bar (a forward return, a barrier outcome). Datasets take it; nodes and decisions refuse it. */
export interface Label<T extends Cell, I extends Interval> {
  readonly [delayed]: { readonly cell: T; readonly interval: I };
}

/** One bar of a panel as `compute` sees it. */
export type Row<S extends Columns> = { readonly [K in keyof S]: Value<S[K]> };

/**
 * A read-only view of the last `length` bars, always full. One object is reused for every bar and symbol: read it, never keep
 * it. There is no index signature and no array method; `copy()` gives an array that is yours.
 */
export interface WindowView<T extends Cell> {
  readonly length: number;
  /** The newest bar, the same as `at(-1)`. */
  readonly newest: Value<T>;
  /** The oldest bar, the same as `at(-length)`. */
  readonly oldest: Value<T>;
  /**
   * Counts back from now: -1 is the bar that just closed, `-length` the oldest.
   *
   * @throws `engine.window-offset` beyond that.
   */
  at<const N extends number>(offset: Backward<N>): Value<T>;
  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<Value<T>>;
  /** Oldest first. Allocates. */
  copy(): Value<T> extends number ? Float64Array : Value<T>[];
}

/** The windows of a panel, by column. */
export type WindowRow<S extends Columns> = { readonly [K in keyof S]: WindowView<S[K]> };

/** A whole number >= 1 where it is a literal; any `number` (a param) is checked when the graph is built. */
export type Period<N extends number> = `${N}` extends `-${string}` | `${string}.${string}` | "0"
  ? "a period is a whole number of bars, 1 or more"
  : N;

/** A whole number >= 0 where it is a literal. */
export type Lag<N extends number> = `${N}` extends `-${string}` | `${string}.${string}`
  ? "a lag looks back: a whole number of bars, 0 or more"
  : N;

/** A negative whole number where it is a literal. */
export type Backward<N extends number> = number extends N
  ? N
  : `${N}` extends `${string}.${string}`
    ? "an offset is a whole number of bars"
    : `${N}` extends `-${string}`
      ? N
      : "look-ahead: -1 is the bar that just closed, -2 the one before it";

/** What the world acts on, per symbol and bar, on the clock `I`. */
export interface Decision<I extends Interval = Interval> {
  readonly [decides]: I;
}

/** Features beside labels, for training: published, never traded. */
export interface Dataset {
  readonly dataset: true;
}

/** A record of named symbols, for strategies that trade those and no others. */
export type PerSymbol<T extends Cell, I extends Interval> = { readonly [symbol: string]: Column<T, I, "market"> };

export type IntervalOf<X> = X extends { readonly [causal]: { readonly interval: infer I extends Interval } }
  ? I
  : never;

export type ScopeOf<X> = X extends { readonly [causal]: { readonly scope: infer A } } ? A : never;

export type ValueOf<X> = X extends { readonly [causal]: { readonly value: infer V } } ? V : X;

export type Seconds = F64<"seconds">;

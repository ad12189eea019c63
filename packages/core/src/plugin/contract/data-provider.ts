import type { Columns } from "../../schema/cell.ts";
import type { Interval } from "../../schema/interval.ts";
import type { Fold } from "../../schema/schema.ts";
import type { CallOptions } from "./plugin.ts";

/** What the times of a preset's rows mean; core turns all of them into exclusive bar ends. */
export type StampKind =
  /** The exclusive end of the bar. */
  | "end"
  /** The start of the bar. */
  | "start"
  /** Any instant within the session's day in the calendar's zone: the bar ends with that session (`1d` only). */
  | "session";

/** One offer of a provider: `use` + "." + `name` is what worlds write in `preset:`. */
export interface PresetDescription {
  readonly name: string;
  readonly description: string;
  readonly schema: {
    readonly id: string;
    readonly columns: Columns;
    readonly fold: Readonly<Record<string, Fold | undefined>>;
  };
  /** Intervals that can be read. */
  readonly intervals: readonly Interval[];
  /** Symbols that can be read; `"any"` when the provider makes or looks up any. */
  readonly symbols: readonly string[] | "any";
  readonly stamp: StampKind;
  /** Calendar that fits when a world names none: `24x7`, `observed`, `XNYS`… */
  readonly calendar: string;
  /** It can be followed: new rows come in. Default false. */
  readonly live?: boolean;
}

export interface SeriesKey {
  /** The preset's name, without the plugin's word. */
  readonly preset: string;
  readonly symbol: string;
  readonly interval: Interval;
}

/** Half-open, epoch milliseconds UTC: `from <= t < to`. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface ReadQuery extends SeriesKey {
  /** Half-open range of row times, as the provider stamps them. */
  readonly range: TimeRange;
  /** Only what was known at this instant; providers without revision history cut by event time. */
  readonly asOf: number;
}

export interface FollowQuery extends SeriesKey {
  /** Only rows whose time is after this one, as the provider stamps them. */
  readonly after: number;
}

/** Consecutive rows of one series, in the order of their source (the conformance pipeline judges the order). */
export interface ColumnBatch {
  /** Row times, epoch milliseconds UTC, meaning what the preset's `stamp` says. `NaN` where the source had none that could be read. */
  readonly time: Float64Array;
  /** Numbers as floats (`NaN` where missing or unreadable), words of categorical columns as strings, booleans as 0/1. */
  readonly columns: Readonly<Record<string, Float64Array | Int32Array | Uint8Array | readonly string[]>>;
  /** Where the rows stand in their source, for reports. */
  readonly origin?: { readonly file: string; readonly lines: Int32Array };
}

/**
 * What a company did to its shares. `time` is the instant from which it holds: bars that end after it are on the new basis (midnight of the ex
 * date, or the open of its session).
 */
export type CorporateAction =
  /** `ratio` new units for each old one: 2 for two for one, 0.1 for one for ten. */
  | { readonly time: number; readonly kind: "split"; readonly ratio: number }
  /** Money per unit held before, in the symbol's currency. */
  | { readonly time: number; readonly kind: "dividend"; readonly amount: number };

/** Effectful, cancellable, disposable. */
export interface DataProvider {
  readonly supports: {
    /** Has `follow`, for the presets that say `live`. */
    readonly live: boolean;
    /** Keeps revisions: `asOf` gives what was known then. */
    readonly pointInTime: boolean;
  };
  presets(): readonly PresetDescription[];
  /** Ranges for which rows exist, ascending, disjoint. */
  coverage(series: SeriesKey, options: CallOptions): Promise<readonly TimeRange[]>;
  read(query: ReadQuery, options: CallOptions): AsyncIterable<ColumnBatch>;
  /**
   * Splits and dividends of a series whose rows are raw prices, ascending by time. A provider without it says that there are none. What
   * `revision` identifies includes them.
   */
  actions?(series: SeriesKey, options: CallOptions): Promise<readonly CorporateAction[]>;
  /**
   * Identifies the source's present content cheaply (a file's size and digest, a package version and seed), so that an
   * import is repeated when the source changed. Equal text means equal rows.
   */
  revision(series: SeriesKey, options: CallOptions): Promise<string>;
  /**
   * The rows that the source has after an instant, then every row as it becomes complete: each once, in the order of their source. It ends when it is
   * cancelled. A source whose past has changed since it was read is an error.
   */
  follow?(query: FollowQuery, options: CallOptions): AsyncIterable<ColumnBatch>;
  dispose?(): Promise<void>;
}

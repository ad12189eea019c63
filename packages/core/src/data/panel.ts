import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import type { ColumnArray, Columns } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Fold } from "../schema/schema.ts";
import type { Calendar } from "./calendar/calendar.ts";

/** The bars of one symbol, ascending by stamp. */
export interface Series {
  readonly symbol: string;
  readonly tags: readonly string[];
  /** Exclusive ends of the bars, integer epoch milliseconds UTC, strictly ascending. */
  readonly stamps: Float64Array;
  /** One array per column of the schema, as long as `stamps`; categorical cells are codes. */
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** Prices are declared to be whole multiples of it. Absent: nothing is declared. */
  readonly tick?: number;
  /** Splits and dividends, ascending by time; the columns are raw. Absent: none. */
  readonly actions?: readonly CorporateAction[];
}

/** What a stream reads: all symbols of a bound preset that its tags select, in the universe's order. */
export interface Panel {
  readonly preset: string;
  readonly schema: {
    readonly id: string;
    readonly columns: Columns;
    readonly fold: Readonly<Record<string, Fold | undefined>>;
  };
  readonly interval: Interval;
  readonly calendar: Calendar;
  readonly series: readonly Series[];
}

/** Rows that follow those of a panel, by symbol. Nothing of what a symbol had before is said again. */
export interface AddedRows {
  readonly series: readonly Pick<Series, "symbol" | "stamps" | "columns" | "actions">[];
}

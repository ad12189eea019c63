import type { Cell, Columns } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, PanelOf, Period, Scope, Windowed, WindowRow, WindowView } from "./column.ts";
import { requireBars } from "./count.ts";
import { meaningOf, windowHandle } from "./handle.ts";

export type WindowOf<X> =
  X extends Column<infer T, infer I, infer A>
    ? Windowed<WindowView<T>, I, A>
    : X extends PanelOf<infer S, infer I, infer A>
      ? Windowed<WindowRow<S>, I, A>
      : never;

/**
 * The last `bars` bars of a column, or of every column of a panel.
 *
 * @throws `strategy.invalid-period`
 * @example
 * node({ name: "range", inputs: { recent: window(bars.close, 20) }, output: { up: bool },
 *   compute: ({ recent }) => ({ up: recent.newest > recent.oldest }) });
 */
export function window<
  X extends Column<Cell, Interval, Scope> | PanelOf<Columns, Interval, Scope>,
  const N extends number,
>(of: X, bars: Period<N>): WindowOf<X> {
  const meaning = meaningOf(of, "What window() reads");
  if (meaning.kind !== "column" && meaning.kind !== "panel")
    throw new QmtlError({
      code: "strategy.column-expected",
      message: `window() can't read a ${meaning.kind}`,
      next: "Pass a column or a panel.",
    });
  return windowHandle(meaning, requireBars(bars, "The length of window()", 1)) as unknown as WindowOf<X>;
}

import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import type { ColumnArray, Columns } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Panel, Series } from "./panel.ts";

/**
 * The columns as signals read them: forward-adjusted, cumulated from the first bar, so that no later action changes an earlier cell. Prices are
 * multiplied by what one first-bar unit has become: by the ratio of each split, and by `close / (close - amount)` for each dividend, with the last
 * close before it (CRSP, Calculation of Returns: dividends reinvested at the ex date's basis). Quantities are divided by the splits. Columns of other
 * units stay as they are; symbols without actions keep their arrays.
 *
 * @throws `data.cannot-adjust` for a dividend that is not below the close before it, or that has none
 */
export function adjustPanel(panel: Panel): Panel {
  if (panel.series.every(({ actions = [] }) => actions.length === 0)) return panel;
  return { ...panel, series: panel.series.map((series) => adjustMore(panel, series, UNADJUSTED).series) };
}

/** How far the adjustment of a series has come: what the cells to come are adjusted by. */
export interface Adjustment {
  /** What a price is multiplied by, and a quantity divided by. */
  readonly price: number;
  readonly unit: number;
  /** The last close above 0, after the actions since; `NaN` before the first. */
  readonly last: number;
  /** Bars passed. */
  readonly bars: number;
  /** Actions that no bar has shown yet. */
  readonly ahead: readonly CorporateAction[];
}

export const UNADJUSTED: Adjustment = { price: 1, unit: 1, last: Number.NaN, bars: 0, ahead: [] };

/** The bars that follow those which `before` has seen, and the adjustment after them. @throws as {@link adjustPanel} */
export function adjustMore<S extends Pick<Series, "symbol" | "stamps" | "columns" | "actions">>(
  { schema, preset }: Pick<Panel, "schema" | "preset">,
  series: S,
  before: Adjustment,
): { readonly series: S; readonly after: Adjustment } {
  const { stamps, columns } = series;
  const actions = [...before.ahead, ...(series.actions ?? [])];
  const prices = new Float64Array(stamps.length);
  const units = new Float64Array(stamps.length);
  const close = closesOf(series);
  let { price, unit, last } = before;
  let next = 0;
  for (let row = 0; row < stamps.length; row++) {
    for (; next < actions.length && actions[next]!.time < stamps[row]!; next++) {
      const action = actions[next]!;
      // What came before the first bar is in its price.
      if (before.bars + row === 0) continue;
      if (action.kind === "split") {
        price *= action.ratio;
        unit *= action.ratio;
        last /= action.ratio;
      } else if (action.amount > 0) {
        price *= last / (last - requireBelow(action, last, series, preset));
        last -= action.amount;
      }
    }
    prices[row] = price;
    units[row] = unit;
    if (close !== undefined && close(row) > 0) last = close(row);
  }
  const after = { price, unit, last, bars: before.bars + stamps.length, ahead: actions.slice(next) };
  const plain = before.price === 1 && before.unit === 1 && price === 1 && unit === 1;
  return {
    series: plain ? series : { ...series, columns: adjusted(columns, schema.columns, prices, units) },
    after,
  };
}

function adjusted(
  columns: Series["columns"],
  cells: Columns,
  prices: Float64Array,
  units: Float64Array,
): Record<string, ColumnArray> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => {
      const cell = cells[name];
      if (cell?.dtype !== "f64" || (cell.unit !== "price" && cell.unit !== "quantity")) return [name, values];
      const isPrice = cell.unit === "price";
      const of = Float64Array.from(values, (value, row) => (isPrice ? value * prices[row]! : value / units[row]!));
      return [name, of];
    }),
  );
}

/** Of a bar the close, of a book the middle. */
function closesOf({ columns: { close, bid, ask } }: Pick<Series, "columns">): ((row: number) => number) | undefined {
  if (close !== undefined) return (row) => close[row]!;
  return bid === undefined || ask === undefined ? undefined : (row) => (bid[row]! + ask[row]!) / 2;
}

function requireBelow(
  { amount, time }: Extract<CorporateAction, { kind: "dividend" }>,
  close: number,
  { symbol }: Pick<Series, "symbol">,
  preset: string,
): number {
  if (amount < close) return amount;
  throw new QmtlError({
    code: "data.cannot-adjust",
    message: `The dividend of ${amount} of ${symbol} on ${new Date(time).toISOString()} is not below the close before it, ${close}`,
    place: { preset, symbol, bar: time },
    class: "failed",
    next: "Correct the dividend or the prices: both are money per unit, unadjusted.",
  });
}

import type { Series } from "./panel.ts";
import type { FxPreset } from "./preset.ts";

/** What one unit of a currency is worth in the account's. */
export interface CurrencyRates {
  readonly currency: string;
  /** When each was known, ms UTC, ascending. */
  readonly stamps: Float64Array;
  /** Above 0. */
  readonly values: Float64Array;
}

/** The cells of a series as rates; those without a value say nothing. */
export function ratesOf(
  { currency, column }: Pick<FxPreset, "currency" | "column">,
  { stamps, columns }: Pick<Series, "stamps" | "columns">,
): CurrencyRates {
  const cells = columns[column]!;
  const rows = Array.from(stamps.keys()).filter((row) => !Number.isNaN(cells[row]!));
  return {
    currency,
    stamps: Float64Array.from(rows, (row) => stamps[row]!),
    values: Float64Array.from(rows, (row) => cells[row]!),
  };
}

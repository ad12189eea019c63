import { addRows, forgetRows, type Tail, tailOf } from "../engine/tail.ts";
import type { Quotes } from "./quotes.ts";

type Field = Exclude<keyof Quotes, "symbol" | "origin">;

/** The arrays of a symbol's quotes: some fields are one array, and stay one. */
export type QuoteInlet = readonly { readonly fields: readonly Field[]; readonly tail: Tail<Float64Array> }[];

export function createInlet({ symbol: _, origin: __, ...arrays }: Quotes): QuoteInlet {
  const fields = new Map<Float64Array, Field[]>();
  for (const [field, array] of Object.entries(arrays) as [Field, Float64Array | undefined][])
    if (array !== undefined) fields.set(array, [...(fields.get(array) ?? []), field]);
  return [...fields].map(([array, of]) => ({ fields: of, tail: tailOf(array) }));
}

/** @param before bars that nobody reads again */
export function addQuotes(
  quotes: { -readonly [K in keyof Quotes]: Quotes[K] },
  inlet: QuoteInlet,
  more: Quotes,
  before: number,
): void {
  for (const { fields, tail } of inlet) {
    forgetRows(tail, before);
    addRows(tail, more[fields[0]!]!);
    for (const field of fields) quotes[field] = tail.cells;
    quotes.origin = tail.origin;
  }
}

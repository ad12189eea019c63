import type { Cell, Columns, F64 } from "./cell.ts";
import { describeCell, price, quantity } from "./cell.ts";
import { QmtlError } from "./error.ts";

/** How a bar is folded into a longer one. */
export type Fold = "first" | "last" | "min" | "max" | "sum" | "mean";

export const FOLDS: readonly Fold[] = ["first", "last", "min", "max", "sum", "mean"];

/** A named, versioned set of columns: the unit of the Schema Registry. */
export interface Schema<S extends Columns> {
  /** `name@major`, for example `"ohlcv@1"`. */
  readonly id: string;
  readonly columns: S;
  /** How each column folds when a whole stream is resampled; `"last"` where unsaid. */
  readonly fold: { readonly [K in keyof S]?: Fold };
}

const ID = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*@[1-9][0-9]*$/;
const COLUMN = /^[A-Za-z][A-Za-z0-9_]*$/;
const RESERVED = new Set(["constructor", "prototype", "__proto__"]);

/**
 * Names a set of columns. Write it as a literal: the language server reads it without running it (S206).
 *
 * @throws `schema.invalid-id`, `schema.invalid-column`, `schema.invalid-fold`
 * @example
 * const quotes = schema("acme.quotes@1", { bid: price, ask: price }, { bid: "max" });
 */
export function schema<const S extends Columns>(
  id: string,
  columns: S,
  fold?: { readonly [K in keyof S]?: Fold },
): Schema<S> {
  if (!ID.test(id))
    throw new QmtlError({
      code: "schema.invalid-id",
      message: `"${id}" is not a schema id`,
      next: 'Write name@major in lower case, for example "acme.quotes@1".',
    });
  const names = Object.keys(columns);
  for (const name of names)
    if (!COLUMN.test(name) || RESERVED.has(name))
      throw new QmtlError({
        code: "schema.invalid-column",
        message: `"${name}" of schema ${id} is not a column name`,
        next: "Use letters, digits and underscores, beginning with a letter.",
      });
  if (names.length === 0)
    throw new QmtlError({ code: "schema.invalid-column", message: `Schema ${id} has no columns`, next: "Name one." });
  for (const [name, how] of Object.entries(fold ?? {}))
    if (columns[name] === undefined || !FOLDS.includes(how as Fold))
      throw new QmtlError({
        code: "schema.invalid-fold",
        message: `Schema ${id} can't fold "${name}" by "${String(how)}"`,
        next: `Name one of its columns and one of ${FOLDS.join(", ")}.`,
      });
  return Object.freeze({ id, columns: Object.freeze({ ...columns }), fold: Object.freeze({ ...fold }) }) as Schema<S>;
}

export type Ohlcv = {
  open: F64<"price">;
  high: F64<"price">;
  low: F64<"price">;
  close: F64<"price">;
  volume: F64<"quantity">;
};

/** Open, high, low, close and volume of a bar. */
export const ohlcv: Schema<Ohlcv> = schema(
  "ohlcv@1",
  { open: price, high: price, low: price, close: price, volume: quantity },
  { open: "first", high: "max", low: "min", close: "last", volume: "sum" },
);

export type BookTop = {
  bid: F64<"price">;
  bidSize: F64<"quantity">;
  ask: F64<"price">;
  askSize: F64<"quantity">;
};

/** Best bid and offer at the end of the bar. */
export const bookTop: Schema<BookTop> = schema("book-top@1", {
  bid: price,
  bidSize: quantity,
  ask: price,
  askSize: quantity,
});

/** The columns as plain data: what enters digests and manifests. */
export function columnsJson(columns: Columns): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).map(([name, cell]: [string, Cell]) => [name, describeCell(cell)]));
}

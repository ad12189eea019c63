import type { Columns } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import { type Interval, requireInterval } from "../schema/interval.ts";
import type { Schema } from "../schema/schema.ts";
import type { Panel } from "./column.ts";
import { panelHandle } from "./handle.ts";
import { refuseUnknownKeys, requireWord } from "./option.ts";

export interface StreamSpec<S extends Columns, I extends Interval> {
  readonly schema: Schema<S>;
  /** Which of the world's symbols; `match` says whether one tag is enough (`"any"`, the default) or all are needed. */
  readonly tags: readonly string[];
  readonly match?: "any" | "all";
  readonly interval: I;
  /** What a hole in the data does: end the run, pass `NaN`, or leave the symbol out of the bar. Default: what the world's preset says. */
  readonly gaps?: "refuse" | "mark" | "absent";
  /**
   * `adjusted` (default): prices and quantities are forward-adjusted by splits and dividends, so that signals see no jump that was none. `raw`: as
   * they were quoted, for the levels of orders, which fill at raw prices.
   */
  readonly prices?: "adjusted" | "raw";
}

const TAG = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Reads the world's data: a panel over the symbols that the tags select.
 *
 * @throws `strategy.invalid-tag`, `strategy.invalid-option`, `schema.unknown-interval`
 * @example
 * const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
 */
export function stream<S extends Columns, const I extends Interval>(spec: StreamSpec<S, I>): Panel<S, I> {
  refuseUnknownKeys(spec, ["schema", "tags", "match", "interval", "gaps", "prices"], "stream()");
  const interval = requireInterval(spec.interval);
  const tags: readonly unknown[] = Array.isArray(spec.tags) ? spec.tags : [];
  for (const tag of tags)
    if (typeof tag !== "string" || !TAG.test(tag))
      throw new QmtlError({
        code: "strategy.invalid-tag",
        message: `${JSON.stringify(tag)} is not a tag`,
        next: "Use letters, digits, dots, dashes and underscores, at most 100.",
      });
  if (tags.length === 0)
    throw new QmtlError({
      code: "strategy.invalid-tag",
      message: "A stream without tags selects nothing",
      next: "Name at least one tag of the world's universe.",
    });
  const { id, columns, fold } = requireSchema(spec.schema);
  return panelHandle({
    node: {
      kind: "stream",
      schema: { id, columns, fold },
      tags: Object.freeze([...new Set(tags as readonly string[])].sort()),
      match: requireWord(spec.match ?? "any", ["any", "all"], "match of stream()"),
      gaps:
        spec.gaps === undefined ? undefined : requireWord(spec.gaps, ["refuse", "mark", "absent"], "gaps of stream()"),
      prices: requireWord(spec.prices ?? "adjusted", ["adjusted", "raw"], "prices of stream()"),
      output: columns,
      interval,
      scope: "symbol",
    },
    inputs: [],
  }) as unknown as Panel<S, I>;
}

function requireSchema<S extends Columns>(value: Schema<S>): Schema<S> {
  if (typeof value === "object" && value !== null && typeof value.id === "string" && typeof value.columns === "object")
    return value;
  throw new QmtlError({
    code: "strategy.invalid-option",
    message: "schema of stream() is not a schema",
    next: "Pass ohlcv, bookTop, or what schema() returned.",
  });
}

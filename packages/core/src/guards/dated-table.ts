import { isoText } from "../data/iso.ts";
import { upperBound } from "../data/sorted.ts";
import type { CapturedTable } from "../graph/code-identity/captured-tables.ts";
import type { GuardFinding } from "./finding.ts";
import type { GuardNaming } from "./naming.ts";

/** Fewer dates than this are parameters: a start, a crash to leave out, this year's holidays. */
const FEW_DATES = 20;
/** Shorter lists are not taken for one value per bar. */
const FEW_NUMBERS = 250;
/** How long a list of one value per bar may be, as a multiple of the bars: their ends need not be those of the list. */
const NEAR = { least: 0.95, most: 1.25 };

export interface TableInput {
  /** Index of the node whose code carries the table. */
  readonly node: number;
  readonly table: CapturedTable;
}

/**
 * Tables in the code that hold something for every date, or as many values as there are bars. Cutting the data can't touch them, and
 * nothing says when their values were known: they may have been made with the end in sight.
 *
 * @param clock ends of the bars, ascending, ms UTC
 */
export function checkTables(
  tables: readonly TableInput[],
  clock: Float64Array,
  naming: GuardNaming,
): readonly GuardFinding[] {
  const seen = new Set<string>();
  return tables.flatMap(({ node, table }): GuardFinding[] => {
    const found = judge(table, clock);
    const key = `${node} ${table.path}`;
    if (found === undefined || seen.has(key)) return [];
    seen.add(key);
    const label = naming.label(node);
    const what = table.path === "" ? "its own text" : `\`${table.path}\``;
    return [
      {
        kind: "dated-table",
        severity: "doubt",
        message: `Node "${label}" carries values from outside of the data: ${what} ${found.says}, and nothing says when they were known`,
        hint: "Bring them in through a data provider, so that each is seen from the bar on at which it was known.",
        index: node,
        node: label,
        input: table.path,
        ...(found.bar !== undefined && { bar: found.bar }),
        values: found.values,
        ...(table.location === undefined ? naming.place(node) : { place: table.location }),
      },
    ];
  });
}

function judge(
  { entries, dates }: CapturedTable,
  clock: Float64Array,
):
  | { readonly says: string; readonly bar?: number; readonly values: Readonly<Record<string, number | string>> }
  | undefined {
  const first = clock[0];
  const last = clock.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const within = dates.filter((date) => date >= first && date <= last);
  if (within.length >= FEW_DATES) {
    const from = within.reduce((a, b) => Math.min(a, b));
    const to = within.reduce((a, b) => Math.max(a, b));
    const bar = clock[Math.max(0, upperBound(clock, from) - 1)];
    return {
      says: `has entries for ${within.length} instants from ${isoText(from)} to ${isoText(to)}`,
      ...(bar !== undefined && { bar }),
      values: { entries: within.length, from: isoText(from), to: isoText(to) },
    };
  }
  const isPerBar =
    entries >= FEW_NUMBERS && entries >= NEAR.least * clock.length && entries <= NEAR.most * clock.length;
  return isPerBar
    ? { says: `has ${entries} values where there are ${clock.length} bars`, values: { entries, bars: clock.length } }
    : undefined;
}

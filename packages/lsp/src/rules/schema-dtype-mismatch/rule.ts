import { type Cell, describeCell } from "@qmtl/core/static";
import type { CellNeed } from "../cell-needs.ts";
import { cellNeeds, isNumber } from "../cell-needs.ts";
import { cellWord, importEdits } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";
import { columnOf } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

export const schemaDtypeMismatch: Rule = {
  code: "S202",
  slug: "schema-dtype-mismatch",
  title: "A column has another dtype or unit than its reader needs",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  checkStrategy(context) {
    const { strategy, placeOf, report } = context;
    const seen = new Set<number>();
    for (const need of cellNeeds(strategy)) {
      const { read, fits, wanted, who } = need;
      const column = read.kind === "column" ? columnOf(strategy, read.node, read.column) : undefined;
      if (column === undefined || fits(column.cell) || seen.has(read.at)) continue;
      seen.add(read.at);
      report({
        at: placeOf(read.at),
        message: `${who} needs ${wanted}, and this column is ${describeCell(column.cell)}`,
        next: "Declare the unit where the column is made, or cast() it.",
        related: [{ message: `It is ${describeCell(column.cell)} here`, place: placeOf(column.at) }],
        fixes: castFix(context, need, column.cell),
        data: { wanted, found: describeCell(column.cell) },
      });
    }
  },
};

/** A cast changes the unit of a number, nothing else. */
function castFix({ placeOf, reading }: StrategyContext, { read, like }: CellNeed, cell: Cell): readonly Fix[] {
  if (like === undefined || !isNumber(like) || !isNumber(cell) || cell.dtype !== like.dtype) return [];
  const word = cellWord(like);
  if (word === undefined) return [];
  const { file, start, end } = placeOf(read.at);
  const edits: TextEdit[] = [
    { place: { file, start, end: start }, text: "cast(" },
    { place: { file, start: end, end }, text: `, ${word})` },
    ...importEdits(reading(), file, "@qmtl/core/strategy", "cast"),
    ...importEdits(reading(), file, "@qmtl/core/schema", word),
  ];
  return [{ title: `Cast it to ${word}`, edits, isSafe: false }];
}

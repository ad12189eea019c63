import { type Cell, describeCell } from "@qmtl/core/static";
import type { ModuleReading, Place } from "../../facts/index.ts";
import { cellNeeds, isNumber } from "../cell-needs.ts";
import { cellWord, importEdits } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";
import { columnOf } from "../graph-reads.ts";
import type { Draft, Rule } from "../rule.ts";

export const schemaDtypeMismatch: Rule = {
  code: "S202",
  slug: "schema-dtype-mismatch",
  title: "A column has another dtype or unit than its reader needs",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  checkStrategy(context) {
    const { strategy, placeOf, reading, report } = context;
    const seen = new Set<number>();
    for (const need of cellNeeds(strategy)) {
      const { read, fits, wanted, who, like } = need;
      const column = read.kind === "column" ? columnOf(strategy, read.node, read.column) : undefined;
      if (column === undefined || fits(column.cell) || seen.has(read.at)) continue;
      seen.add(read.at);
      report({
        ...draftOf(placeOf(read.at), who, wanted, column.cell),
        related: [{ message: `It is ${describeCell(column.cell)} here`, place: placeOf(column.at) }],
        fixes: castFix(reading, placeOf(read.at), like, column.cell),
      });
    }
  },
  checkTypes({ problems, reading, report }) {
    for (const problem of problems) {
      if (problem.kind !== "wrong-cell") continue;
      const { place, who, wanted, found } = problem;
      const { dtypes, unit } = wanted;
      const isNumeric = (found.dtype === "f64" || found.dtype === "i32") && dtypes.includes(found.dtype);
      report({
        ...draftOf(place, who, unit ?? dtypes.join(" or "), found),
        fixes: castFix(reading, place, isNumeric && unit !== undefined ? { ...found, unit } : undefined, found),
      });
    }
  },
};

function draftOf(at: Place, who: string, wanted: string, cell: Cell): Draft {
  const found = describeCell(cell);
  return {
    at,
    message: `${who} needs ${wanted}, and this column is ${found}`,
    next: "Declare the unit where the column is made, or cast() it.",
    data: { wanted, found },
  };
}

/** A cast changes the unit of a number, nothing else. */
function castFix(
  reading: () => ModuleReading,
  { file, start, end }: Place,
  like: Cell | undefined,
  cell: Cell,
): readonly Fix[] {
  if (like === undefined || !isNumber(like) || !isNumber(cell) || cell.dtype !== like.dtype) return [];
  const word = cellWord(like);
  if (word === undefined) return [];
  const edits: TextEdit[] = [
    { place: { file, start, end: start }, text: "cast(" },
    { place: { file, start: end, end }, text: `, ${word})` },
    ...importEdits(reading(), file, "@qmtl/core/strategy", "cast"),
    ...importEdits(reading(), file, "@qmtl/core/schema", word),
  ];
  return [{ title: `Cast it to ${word}`, edits, isSafe: false }];
}

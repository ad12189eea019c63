import { placeOf, type Value } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { importEdits } from "../edits.ts";
import type { Fix } from "../finding.ts";
import { insertion } from "../input-edits.ts";
import type { StrategyContext } from "../rule.ts";
import { graphFunction, strategySpec } from "../strategy-spec.ts";

interface Decided {
  readonly text: string;
  readonly says: string;
  /** Builders of `@qmtl/core/strategy`, and cells of `@qmtl/core/schema`. */
  readonly builders: readonly string[];
  readonly cells: readonly string[];
}

/** Decides by what is returned, or by what the graph made last where it returns nothing. */
export function decideFix(context: StrategyContext, returned: ts.Node): readonly Fix[] {
  const spec = strategySpec(context.reading(), context.index);
  const graph = spec === undefined ? undefined : graphFunction(spec);
  if (graph?.body === undefined) return [];
  if (returned === graph.body && ts.isBlock(returned)) return addReturn(context, returned);
  if (!ts.isExpression(returned)) return [];
  const decided = decidedBy(context, returned, returned.getText());
  if (decided === undefined) return [];
  return [fixOf(context, returned, decided, { place: placeOf(returned), text: decided.text })];
}

function addReturn(context: StrategyContext, body: ts.Block): readonly Fix[] {
  for (const statement of body.statements.toReversed()) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name } of statement.declarationList.declarations.toReversed()) {
      if (!ts.isIdentifier(name)) continue;
      const decided = decidedBy(context, name, name.text);
      if (decided === undefined) continue;
      const last = body.statements.at(-1) as ts.Statement;
      // A bare `return;` gives way.
      if (ts.isReturnStatement(last)) return [];
      const indent = /(?:^|\n)([ \t]*)$/.exec(body.getSourceFile().text.slice(0, last.getStart()))?.[1];
      const text = `${indent === undefined ? " " : `\n${indent}`}return ${decided.text};`;
      return [fixOf(context, body, decided, insertion(body, last.end, text))];
    }
  }
  return [];
}

function fixOf({ reading }: StrategyContext, near: ts.Node, decided: Decided, edit: Fix["edits"][number]): Fix {
  const { file } = placeOf(near);
  return {
    title: `Decide: ${decided.says}`,
    edits: [
      edit,
      ...decided.builders.flatMap((name) => importEdits(reading(), file, "@qmtl/core/strategy", name)),
      ...decided.cells.flatMap((name) => importEdits(reading(), file, "@qmtl/core/schema", name)),
    ],
    isSafe: false,
  };
}

/** A decision by one column per symbol; of a panel, by its only one, or the only one that can be a target. */
function decidedBy(context: StrategyContext, expression: ts.Expression, text: string): Decided | undefined {
  const { index, reading } = context;
  const value: Value = reading().evaluate(index, expression);
  if (value.kind !== "column" && value.kind !== "panel") return undefined;
  const fact = reading().strategies[index]?.node(value.node);
  if (fact?.output.kind !== "output" || fact.scope.kind !== "scope" || fact.scope.scope !== "symbol") return undefined;
  const columns = fact.output.columns.flatMap(({ name, cell }) => (cell.kind === "cell" ? [{ name, ...cell }] : []));
  const targets = columns.filter(({ cell }) => "unit" in cell && TARGETS[cell.unit] !== undefined);
  const candidates = columns.length === 1 ? columns : targets;
  const [only] =
    value.kind === "column"
      ? columns.filter(({ name }) => name === value.column)
      : candidates.length === 1
        ? candidates
        : [];
  if (only === undefined) return undefined;
  const column = value.kind === "column" ? text : `${text}.${only.name}`;
  const { cell } = only;
  if (cell.dtype === "bool")
    return {
      text: `orders({ long: { enter: ${column}, size: 1 } })`,
      says: "enter long where it is true, with all of equity",
      builders: ["orders"],
      cells: [],
    };
  if (cell.dtype === "categorical") return undefined;
  const target = cell.dtype === "f64" ? TARGETS[cell.unit] : undefined;
  if (target !== undefined)
    return { text: `${target}(${column})`, says: `hold it as ${cell.unit}`, builders: [target], cells: [] };
  return {
    text: `targetWeights(node({ name: "decide", inputs: { signal: ${column} }, output: { weight: fraction }, compute: ({ signal }) => ({ weight: signal > 0 ? 1 : 0 }) }).weight)`,
    says: "hold all of equity while it is above 0; the rule is yours to change",
    builders: ["targetWeights", "node"],
    cells: ["fraction"],
  };
}

const TARGETS: Readonly<Record<string, string | undefined>> = {
  fraction: "targetWeights",
  quantity: "targetPositions",
};

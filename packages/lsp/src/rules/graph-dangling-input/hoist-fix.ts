import { isReference, type ModuleReading, placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { declarationOf } from "../code-issues.ts";
import { type FunctionNode, isInside, walk } from "../compute-body.ts";
import { lineOf } from "../edits.ts";
import type { Fix } from "../finding.ts";

/**
 * Makes what one graph leaves for another at the top of the file, where both see it, with the consts of that graph that it is made
 * of. Nothing where the graph's params are among them, or where it would be made before what it needs.
 */
export function hoistFix(
  reading: ModuleReading,
  declared: ts.VariableDeclaration,
  graphs: readonly FunctionNode[],
): readonly Fix[] {
  const { name, initializer, parent: list } = declared;
  const statement = list.parent;
  if (!ts.isIdentifier(name) || initializer !== undefined || !ts.isVariableDeclarationList(list)) return [];
  if (!ts.isVariableStatement(statement) || !ts.isSourceFile(statement.parent)) return [];
  if (list.declarations.length > 1 || statement.modifiers !== undefined) return [];
  const assignments = (reading.linked.usesOf(declared) ?? []).filter(isTarget);
  const [target] = assignments;
  const assignment = target?.parent.parent;
  const graph = graphs.find(({ body }) => body !== undefined && body === assignment?.parent);
  if (target === undefined || assignments.length > 1 || graph === undefined || assignment === undefined) return [];
  if (!ts.isExpressionStatement(assignment)) return [];
  const { right } = assignment.expression as ts.BinaryExpression;
  const needed = neededFor(reading, right, graph, statement);
  if (needed === undefined) return [];
  const names = new Set(
    needed.flatMap(({ declarationList }) => declarationList.declarations.map((each) => each.name.getText())),
  );
  if (isTaken(statement.parent, names, graphs)) return [];
  const lineBreak = statement.getSourceFile().text.includes("\r\n") ? "\r\n" : "\n";
  const made = [...needed.map((each) => each.getText()), `const ${name.text} = ${right.getText()};`];
  return [
    {
      title: `Make ${name.text} at the top of the file, for both`,
      edits: [
        { place: placeOf(statement), text: made.join(lineBreak) },
        ...[...needed, assignment].map((each) => ({ place: lineOf(each), text: "" })),
      ],
      isSafe: false,
    },
  ];
}

/** `shared = …;` */
function isTarget(use: ts.Node): boolean {
  const { parent } = use;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === use &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isExpressionStatement(parent.parent)
  );
}

/** The consts of a graph that a value is made of, in their order. */
function neededFor(
  reading: ModuleReading,
  value: ts.Expression,
  graph: FunctionNode,
  home: ts.Statement,
): readonly ts.VariableStatement[] | undefined {
  const found = new Set<ts.VariableStatement>();
  const stack: ts.Node[] = [value];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const part = next;
    let isMovable = true;
    walk(part, (node) => {
      if (node.kind === ts.SyntaxKind.ThisKeyword) isMovable = false;
      if (!ts.isIdentifier(node) || !isReference(node)) return;
      const declared = declarationOf(reading, node);
      if (declared === undefined || isInside(declared, part)) return;
      if (!isInside(declared, graph)) {
        const isEarlier = declared.getSourceFile() !== home.getSourceFile() || declared.end <= home.pos;
        if (!isEarlier && !ts.isFunctionDeclaration(declared)) isMovable = false;
        return;
      }
      const statement = ts.isVariableDeclaration(declared) ? declared.parent.parent : undefined;
      const isConst = statement !== undefined && (declared.parent.flags & ts.NodeFlags.Const) !== 0;
      if (statement === undefined || !isConst || !ts.isVariableStatement(statement) || statement.parent !== graph.body)
        isMovable = false;
      else if (!found.has(statement)) {
        found.add(statement);
        stack.push(statement);
      }
    });
    if (!isMovable) return undefined;
  }
  return [...found].sort((a, b) => a.pos - b.pos);
}

/** True where something outside of the graphs has one of the names already. */
function isTaken(file: ts.SourceFile, names: ReadonlySet<string>, graphs: readonly FunctionNode[]): boolean {
  let isTaken = false;
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || !names.has(node.text) || (node.parent as ts.NamedDeclaration).name !== node) return;
    const isMember = ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent);
    if (!isMember && !graphs.some((graph) => isInside(node, graph))) isTaken = true;
  });
  return isTaken;
}

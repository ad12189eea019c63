import { type ModuleReading, placeOf, positionAt, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { declarationOf } from "../code-issues.ts";
import { type ComputeBody, isInside, walk } from "../compute-body.ts";
import { lineOf } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";

/**
 * Gives each node that uses a variable a state of its own that begins as the variable did. Only where nothing else of the module
 * sees the variable, and where the nodes have no state yet.
 */
export function moveToState(
  reading: ModuleReading,
  declaration: ts.VariableDeclaration,
  bodies: readonly ComputeBody[],
): readonly Fix[] {
  const { name, initializer, parent: list } = declaration;
  if (!ts.isVariableDeclarationList(list)) return [];
  const statement = list.parent;
  if (!ts.isIdentifier(name) || !ts.isVariableStatement(statement) || statement.modifiers !== undefined) return [];
  if (list.declarations.length > 1 || initializer === undefined || !isPlain(initializer)) return [];
  const uses = usesOf(reading, declaration);
  if (uses.some((use) => !bodies.some(({ node }) => isInside(use, node)))) return [];
  const edits: TextEdit[] = [{ place: lineOf(statement), text: "" }];
  for (const body of bodies) {
    const entered = stateEdits(body, `${name.text}: ${initializer.getText()}`);
    if (entered === undefined) return [];
    edits.push(...entered);
  }
  for (const use of uses) {
    const text = `state.${name.text}`;
    edits.push({
      place: placeOf(use),
      text: ts.isShorthandPropertyAssignment(use.parent) ? `${name.text}: ${text}` : text,
    });
  }
  return [
    {
      title: `Move ${name.text} into the state of ${bodies.length === 1 ? "the node" : "each node"}`,
      edits,
      isSafe: false,
    },
  ];
}

function usesOf(reading: ModuleReading, declaration: ts.VariableDeclaration): readonly ts.Identifier[] {
  const found: ts.Identifier[] = [];
  for (const { file } of reading.linked.sources)
    walk(file, (node) => {
      if (ts.isIdentifier(node) && declarationOf(reading, node) === declaration) found.push(node);
    });
  return found;
}

/** The option and the parameter; undefined where they can't be added by inserting text. */
function stateEdits({ kind, fact, node }: ComputeBody, entry: string): readonly TextEdit[] | undefined {
  const property = ts.isMethodDeclaration(node) ? node : node.parent;
  if (kind !== "compute" || fact.kind !== "user" || fact.state !== undefined) return undefined;
  if (!ts.isMethodDeclaration(property) && !ts.isPropertyAssignment(property)) return undefined;
  const file = node.getSourceFile();
  const { text } = file;
  const [inputs, second] = node.parameters;
  if (second !== undefined || text[node.parameters.pos - 1] !== "(" || /\bstate\b/.test(node.getText()))
    return undefined;
  const start = property.getStart();
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, start))?.[1];
  const insert = (offset: number, added: string): TextEdit => {
    const at = positionAt(file, offset);
    return { place: { file: file.fileName, start: at, end: at }, text: added };
  };
  return [
    insert(start, `state: () => ({ ${entry} }),${indent === undefined ? " " : `\n${indent}`}`),
    inputs === undefined ? insert(node.parameters.pos, "_inputs, state") : insert(inputs.end, ", state"),
  ];
}

/** True for data that stands there in full. */
function isPlain(expression: ts.Expression): boolean {
  const value = unwrap(expression);
  if (ts.isPrefixUnaryExpression(value)) return isPlain(value.operand);
  if (ts.isArrayLiteralExpression(value)) return value.elements.every(isPlain);
  if (ts.isObjectLiteralExpression(value))
    return value.properties.every((each) => ts.isPropertyAssignment(each) && isPlain(each.initializer));
  return (
    ts.isNumericLiteral(value) ||
    ts.isStringLiteralLike(value) ||
    value.kind === ts.SyntaxKind.TrueKeyword ||
    value.kind === ts.SyntaxKind.FalseKeyword ||
    value.kind === ts.SyntaxKind.NullKeyword
  );
}

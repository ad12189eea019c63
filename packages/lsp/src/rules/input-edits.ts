import { isReference, type ModuleReading, placeBetween, placeOf, type ReadFact, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { declarationOf } from "./code-issues.ts";
import { type ComputeBody, walk } from "./compute-body.ts";
import type { TextEdit } from "./finding.ts";

export interface WantedInput {
  /** What to call it. */
  readonly name: string;
  /** The text that stands in `inputs`. */
  readonly value: string;
  /** True for an input that is this already. */
  readonly isGiven: (read: ReadFact) => boolean;
  /** A declaration outside that the name means in the code so far: from then on it means the input. */
  readonly instead?: ts.Node;
}

export interface InputEdits {
  readonly edits: readonly TextEdit[];
  /** The expression by which the code reads it. */
  readonly reads: string;
}

/** Gives the code of a `node()` one more input; undefined where that takes more than adding text. */
export function inputEdits(reading: ModuleReading, body: ComputeBody, wanted: WantedInput): InputEdits | undefined {
  const literal = inputsLiteral(body);
  const { inputs } = body.fact;
  if (literal === undefined || inputs.kind !== "inputs") return undefined;
  const given = inputs.inputs.find(({ read }) => wanted.isGiven(read));
  const keys = new Set(inputs.inputs.map(({ name }) => name));
  const isFree = (name: string): boolean => isFreeIn(reading, body, name, wanted.instead);
  const name = given?.name ?? freshName(wanted.name, (each) => !keys.has(each) && isFree(each));
  const entry = name === wanted.value ? name : `${name}: ${wanted.value}`;
  const added = given === undefined ? [entryEdit(literal, literal.properties, entry)] : [];
  const [parameter] = body.node.parameters;
  if (parameter === undefined) {
    const { pos } = body.node.parameters;
    if (body.node.getSourceFile().text[pos - 1] !== "(" || !isFree(name)) return undefined;
    return { edits: [...added, insertion(body.node, pos, `{ ${name} }`)], reads: name };
  }
  if (parameter.type !== undefined || parameter.initializer !== undefined || parameter.dotDotDotToken !== undefined)
    return undefined;
  if (ts.isIdentifier(parameter.name)) {
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return undefined;
    return { edits: added, reads: `${parameter.name.text}.${name}` };
  }
  if (!ts.isObjectBindingPattern(parameter.name)) return undefined;
  const { elements } = parameter.name;
  const bound = elements.find((element) => (element.propertyName ?? element.name).getText() === name);
  if (bound !== undefined)
    return ts.isIdentifier(bound.name) && bound.initializer === undefined && bound.dotDotDotToken === undefined
      ? { edits: added, reads: bound.name.text }
      : undefined;
  const local = freshName(name, isFree);
  const text = local === name ? name : `${name}: ${local}`;
  return { edits: [...added, entryEdit(parameter.name, elements, text)], reads: local };
}

/** The `inputs` of a `node()` that is written as one call, code and all. */
export function inputsLiteral({ kind, fact, node }: ComputeBody): ts.ObjectLiteralExpression | undefined {
  if (kind !== "compute" || fact.kind !== "user") return undefined;
  let property: ts.Node = node;
  while (!ts.isMethodDeclaration(property) && ts.isExpression(property)) property = property.parent;
  if (!ts.isMethodDeclaration(property) && !ts.isPropertyAssignment(property)) return undefined;
  const spec = property.parent;
  if (!ts.isObjectLiteralExpression(spec)) return undefined;
  for (const each of spec.properties) {
    if (!ts.isPropertyAssignment(each) || each.name.getText() !== "inputs") continue;
    const value = unwrap(each.initializer);
    return ts.isObjectLiteralExpression(value) ? value : undefined;
  }
  return undefined;
}

/** True where a name means nothing in the code, or only what `instead` declares. */
function isFreeIn(reading: ModuleReading, { node }: ComputeBody, name: string, instead: ts.Node | undefined): boolean {
  let isFree = true;
  walk(node, (each) => {
    if (!ts.isIdentifier(each) || each.text !== name || isMember(each)) return;
    if (instead !== undefined && isReference(each) && declarationOf(reading, each) === instead) return;
    isFree = false;
  });
  return isFree;
}

/** The `name` of `of.name`, and the key of `{ name: value }`. */
function isMember(name: ts.Identifier): boolean {
  const { parent } = name;
  return (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === name;
}

export function freshName(name: string, isFree: (name: string) => boolean): string {
  let fresh = name;
  for (let count = 2; !isFree(fresh); count++) fresh = `${name}${count}`;
  return fresh;
}

/** Adds an entry at the end of a list in braces, on a line of its own where the last one has one. */
export function entryEdit(list: ts.Node, entries: readonly ts.Node[], entry: string): TextEdit {
  const rest = entries.at(-1);
  if (rest !== undefined && ts.isBindingElement(rest) && rest.dotDotDotToken !== undefined)
    return insertion(list, rest.getStart(), `${entry}, `);
  if (rest === undefined) return insertion(list, list.getStart() + 1, ` ${entry} `);
  const { text } = list.getSourceFile();
  const indent = /(?:^|\n)([ \t]+)$/.exec(text.slice(0, rest.getStart()))?.[1];
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  return insertion(list, rest.end, indent === undefined ? `, ${entry}` : `,${lineBreak}${indent}${entry}`);
}

export function insertion(near: ts.Node, offset: number, text: string): TextEdit {
  return { place: placeBetween(near.getSourceFile(), offset, offset), text };
}

/** Text for one use of a name: `{ level }` becomes `{ level: inputs.level }`. */
export function useEdit(use: ts.Node, text: string): readonly TextEdit[] {
  if (use.getText() === text) return [];
  const isShorthand = ts.isShorthandPropertyAssignment(use.parent);
  return [{ place: placeOf(use), text: isShorthand ? `${use.getText()}: ${text}` : text }];
}

/** The text of something in the inputs of a node that has its clock: what `barTime()` and `rng()` can be made of. */
export function clockText(reading: ModuleReading, body: ComputeBody): string | undefined {
  const literal = inputsLiteral(body);
  const { interval } = body.fact;
  if (literal === undefined || interval.kind !== "literal") return undefined;
  const graph = reading.strategies[body.strategy];
  const handleOf = (node: ts.Node): "panel" | "column" | undefined => {
    if (!ts.isPropertyAccessExpression(node) && !(ts.isIdentifier(node) && isReference(node))) return undefined;
    const value = reading.evaluate(body.strategy, node);
    if (value.kind !== "panel" && value.kind !== "column") return undefined;
    const own = graph?.node(value.node).interval;
    return own?.kind === "literal" && own.value === interval.value ? value.kind : undefined;
  };
  let found: string | undefined;
  walk(literal, (node) => {
    if (found !== undefined) return;
    const handle = handleOf(node);
    if (handle === undefined) return;
    const ofPanel =
      handle === "column" && ts.isPropertyAccessExpression(node) && handleOf(node.expression) === "panel"
        ? node.expression
        : node;
    found = ofPanel.getText();
  });
  return found;
}

import { type ModuleReading, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { type FunctionNode, isFunctionNode } from "./compute-body.ts";
import type { TextEdit } from "./finding.ts";
import { entryEdit, insertion } from "./input-edits.ts";

/** The options of a `strategy()` call where they stand there as one literal. */
export function strategySpec(
  { facts, syntaxAt }: ModuleReading,
  strategy: number,
): ts.ObjectLiteralExpression | undefined {
  const at = facts.strategies[strategy]?.at;
  const call = at === undefined ? undefined : syntaxAt(at);
  const [spec] = call !== undefined && ts.isCallExpression(call) ? call.arguments : [];
  const literal = spec === undefined ? undefined : unwrap(spec);
  return literal !== undefined && ts.isObjectLiteralExpression(literal) ? literal : undefined;
}

/** The function behind `graph`. */
export function graphFunction(spec: ts.ObjectLiteralExpression): FunctionNode | undefined {
  const property = propertyOf(spec, "graph");
  const value = property !== undefined && ts.isPropertyAssignment(property) ? unwrap(property.initializer) : property;
  return value !== undefined && isFunctionNode(value) ? value : undefined;
}

/** Declares one more param, and tells how `graph()` reads it; undefined where that takes more than adding text. */
export function paramEdits(
  spec: ts.ObjectLiteralExpression,
  name: string,
  declaration: string,
): { readonly edits: readonly TextEdit[]; readonly reads: string } | undefined {
  const graph = graphFunction(spec);
  const property = propertyOf(spec, "graph");
  if (graph === undefined || property === undefined) return undefined;
  const declared = declareEdit(spec, property, name, declaration);
  if (declared === undefined) return undefined;
  const [context] = graph.parameters;
  const { text } = graph.getSourceFile();
  if (context === undefined) {
    if (text[graph.parameters.pos - 1] !== "(" || /\bparams\b/.test(graph.getText())) return undefined;
    return { edits: [declared, insertion(graph, graph.parameters.pos, "{ params }")], reads: `params.${name}` };
  }
  if (ts.isIdentifier(context.name)) return { edits: [declared], reads: `${context.name.text}.params.${name}` };
  if (!ts.isObjectBindingPattern(context.name)) return undefined;
  const { elements } = context.name;
  const bound = elements.find((element) => (element.propertyName ?? element.name).getText() === "params");
  if (bound === undefined) return undefined;
  if (ts.isIdentifier(bound.name)) return { edits: [declared], reads: `${bound.name.text}.${name}` };
  if (!ts.isObjectBindingPattern(bound.name) || new RegExp(`\\b${name}\\b`).test(graph.getText())) return undefined;
  return { edits: [declared, entryEdit(bound.name, bound.name.elements, name)], reads: name };
}

function declareEdit(
  spec: ts.ObjectLiteralExpression,
  graph: ts.ObjectLiteralElementLike,
  name: string,
  declaration: string,
): TextEdit | undefined {
  const entry = `${name}: ${declaration}`;
  const params = propertyOf(spec, "params");
  if (params === undefined) {
    const { text } = spec.getSourceFile();
    const indent = /\r?\n[ \t]*$/.exec(text.slice(0, graph.getStart()))?.[0] ?? " ";
    return insertion(graph, graph.getStart(), `params: { ${entry} },${indent}`);
  }
  const value = ts.isPropertyAssignment(params) ? unwrap(params.initializer) : params;
  if (!ts.isObjectLiteralExpression(value)) return undefined;
  return propertyOf(value, name) === undefined ? entryEdit(value, value.properties, entry) : undefined;
}

function propertyOf(literal: ts.ObjectLiteralExpression, name: string): ts.ObjectLiteralElementLike | undefined {
  return literal.properties.find(
    (property) =>
      property.name !== undefined &&
      (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name)) &&
      property.name.text === name,
  );
}

import { INTERVALS } from "@qmtl/core/static";
import {
  type GraphEvaluation,
  type NodeFact,
  offsetAt,
  type Place,
  type Position,
  placeBetween,
  unwrap,
} from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { contextOf } from "./subject.ts";
import type { View } from "./view.ts";
import { cellFactText } from "./wording.ts";

export interface Completion {
  readonly label: string;
  readonly kind:
    | "column"
    | "input"
    | "tag"
    | "symbol"
    | "interval"
    | "domain"
    | "word"
    | "metric"
    | "key"
    | "plugin"
    | "preset";
  readonly detail: string;
  /** What is written, over which text. */
  readonly insert: string;
  readonly replace: Place;
  /** Markdown. */
  readonly documentation?: string;
}

/** What the worlds of the workspace know by name. */
export interface KnownNames {
  readonly tags: ReadonlyMap<string, string>;
  readonly symbols: ReadonlyMap<string, string>;
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  match: ["any", "all"],
  gaps: ["refuse", "mark", "absent"],
  prices: ["adjusted", "raw"],
};
const DOMAINS = ["backtest", "dryrun", "live", "shadow"];

/** What can be written at a position of a strategy file. */
export function completionsAt(view: View, position: Position, names: KnownNames): readonly Completion[] {
  const source = view.reading.linked.entry;
  const offset = offsetAt(source.file, position);
  const node = deepest(source.file, offset);
  const strategy = strategyAround(view, node);
  const context = contextOf(view.reading, strategy, view.reading.outside);
  const between = (from: number, to: number): Place => placeBetween(source.file, from, to);

  const access = accessAt(node, offset);
  if (access !== undefined) {
    const replace = between(access.expression.end + 1, Math.max(offset, access.name.end));
    return columnsOf(panelOf(access.expression)).map((column) => ({ ...column, insert: column.label, replace }));
  }
  const literal = literalAt(node, offset);
  if (literal !== undefined) {
    const closed = literal.end - literal.getStart() > 1 && !literal.isUnterminated;
    const replace = between(literal.getStart() + 1, closed ? literal.end - 1 : literal.end);
    return wordsFor(literal).map((word) => ({ ...word, insert: word.label, replace }));
  }
  return keysAt();

  /** The panel that an expression is, in the graph or inside of `compute`. */
  function panelOf(expression: ts.Expression): NodeFact | undefined {
    const inner = unwrap(expression);
    const word = ts.isPropertyAccessExpression(inner) ? inner.name : inner;
    const start = placeBetween(source.file, word.getStart(), word.end).start;
    for (const { subject, place } of view.marks()) {
      if (place.file !== view.path || place.start.line !== start.line || place.start.column !== start.column) continue;
      if (subject.kind === "node") return context.node(subject.node);
      if (subject.kind !== "input") continue;
      const fact = context.node(subject.node);
      const read = fact.inputs.kind === "inputs" && fact.inputs.inputs.find(({ name }) => name === subject.input)?.read;
      if (read && (read.kind === "panel" || read.kind === "window-panel")) return context.node(read.node);
    }
    const value = context.evaluate(inner);
    return value.kind === "panel" ? context.node(value.node) : undefined;
  }

  function wordsFor(literal: ts.StringLiteralLike): readonly Word[] {
    const { parent } = literal;
    const list = ts.isArrayLiteralExpression(parent) ? parent : undefined;
    const property = (list ?? literal).parent;
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)) {
      const name = property.name.text;
      const builder = builderOf(property.parent.parent, context);
      if (list !== undefined && name === "tags" && builder === "stream") return named(names.tags, "tag");
      if (list !== undefined && name === "domains")
        return DOMAINS.map((label) => ({ label, kind: "domain", detail: "" }));
      if (name === "interval" && builder === "stream") return intervals();
      if (builder === "stream" && Object.hasOwn(WORDS, name))
        return (WORDS[name] ?? []).map((label) => ({ label, kind: "word", detail: name }));
    }
    if (!ts.isCallExpression(parent) || parent.arguments[1] !== literal) return [];
    const builder = builderOf(parent, context);
    if (builder === "pick") return named(names.symbols, "symbol");
    return builder === "resample" ? intervals() : [];
  }

  /** Names of properties: symbols of targets, returned columns, inputs and columns that `compute` takes apart. */
  function keysAt(): readonly Completion[] {
    const key = ts.isIdentifier(node) ? node : undefined;
    const owner =
      key === undefined
        ? node
        : ts.isPropertyAssignment(key.parent) && key.parent.name === key
          ? key.parent.parent
          : key.parent;
    const replace = key === undefined ? between(offset, offset) : between(key.getStart(), key.end);
    const pattern = ts.isBindingElement(owner) ? owner.parent : owner;
    if (ts.isObjectBindingPattern(pattern)) return writable(partsOf(pattern), replace);
    const object = ts.isShorthandPropertyAssignment(owner) ? owner.parent : owner;
    if (!ts.isObjectLiteralExpression(object)) return [];
    const call = object.parent;
    const builder = builderOf(call, context);
    if (builder === "targetWeights" || builder === "targetPositions")
      return writable(named(names.symbols, "symbol"), replace);
    const fact = computeAround(object);
    return fact === undefined || !isReturned(object) ? [] : writable(columnsOf(fact), replace, written(object));
  }

  function partsOf(pattern: ts.ObjectBindingPattern): readonly Word[] {
    const { parent } = pattern;
    if (ts.isBindingElement(parent)) {
      const word = parent.propertyName ?? parent.name;
      return ts.isIdentifier(word) ? columnsOf(panelOf(word)) : [];
    }
    if (!ts.isParameter(parent)) return [];
    const fact = computeAround(parent);
    if (fact === undefined || fact.inputs.kind !== "inputs") return [];
    const bound = new Set(pattern.elements.map(({ propertyName, name }) => (propertyName ?? name).getText()));
    return fact.inputs.inputs
      .filter(({ name }) => !bound.has(name))
      .map(({ name }) => ({ label: name, kind: "input", detail: "input" }));
  }

  /** The node whose `compute` a piece of syntax stands in. */
  function computeAround(syntax: ts.Node): NodeFact | undefined {
    const facts = view.reading.facts.strategies[strategy]?.nodes ?? [];
    for (let outer = syntax.parent; outer !== undefined; outer = outer.parent) {
      if (!ts.isFunctionLike(outer)) continue;
      return facts.find(
        (fact) =>
          "compute" in fact && fact.compute.kind === "function" && view.reading.syntaxAt(fact.compute.at) === outer,
      );
    }
    return undefined;
  }
}

type Word = Pick<Completion, "label" | "kind" | "detail">;

function columnsOf(fact: NodeFact | undefined): readonly Word[] {
  if (fact?.output.kind !== "output") return [];
  return fact.output.columns.map(({ name, cell }) => ({ label: name, kind: "column", detail: cellFactText(cell) }));
}

function named(names: ReadonlyMap<string, string>, kind: Completion["kind"]): readonly Word[] {
  return [...names].map(([label, detail]) => ({ label, kind, detail }));
}

function intervals(): readonly Word[] {
  return INTERVALS.map((label) => ({ label, kind: "interval", detail: "" }));
}

function writable(
  words: readonly Word[],
  replace: Place,
  there: ReadonlySet<string> = new Set(),
): readonly Completion[] {
  return words
    .filter(({ label }) => !there.has(label))
    .map((word) => ({
      ...word,
      insert: /^[A-Za-z_$][\w$]*$/.test(word.label) ? word.label : JSON.stringify(word.label),
      replace,
    }));
}

/** The keys that an object has, but for the one that is being written. */
function written(object: ts.ObjectLiteralExpression): ReadonlySet<string> {
  return new Set(
    object.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) ? [property.name.text] : [],
    ),
  );
}

function isReturned(object: ts.ObjectLiteralExpression): boolean {
  let outer: ts.Node = object;
  while (ts.isParenthesizedExpression(outer.parent) || ts.isConditionalExpression(outer.parent)) outer = outer.parent;
  return ts.isReturnStatement(outer.parent) || (ts.isArrowFunction(outer.parent) && outer.parent.body === outer);
}

/** The library's builder that a call calls. */
function builderOf(call: ts.Node | undefined, { evaluate }: GraphEvaluation): string | undefined {
  if (call === undefined || !ts.isCallExpression(call)) return undefined;
  const callee = evaluate(call.expression);
  return callee.kind === "package" && callee.specifier === "@qmtl/core/strategy" ? callee.name : undefined;
}

function strategyAround(view: View, node: ts.Node): number {
  for (let outer: ts.Node | undefined = node; outer !== undefined; outer = outer.parent) {
    const found = view.reading.strategies.findIndex(({ call }) => call === outer);
    if (found >= 0) return found;
  }
  return view.reading.strategies.length > 0 ? 0 : -1;
}

function deepest(file: ts.SourceFile, offset: number): ts.Node {
  let found: ts.Node = file;
  for (;;) {
    const inner = childAt(found, offset);
    if (inner === undefined) return found;
    found = inner;
  }
}

function childAt(node: ts.Node, offset: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  ts.forEachChild(node, (child) => {
    // The later of two that touch: what stands after the cursor's dot or bracket.
    if (child.getStart() <= offset && offset <= child.end) found = child;
  });
  return found;
}

function accessAt(node: ts.Node, offset: number): ts.PropertyAccessExpression | undefined {
  for (let outer: ts.Node | undefined = node; outer !== undefined && !ts.isStatement(outer); outer = outer.parent)
    if (
      ts.isPropertyAccessExpression(outer) &&
      outer.expression.end < offset &&
      offset <= Math.max(outer.name.end, outer.expression.end + 1)
    )
      return outer;
  return undefined;
}

function literalAt(node: ts.Node, offset: number): ts.StringLiteralLike | undefined {
  return ts.isStringLiteralLike(node) && node.getStart() < offset ? node : undefined;
}

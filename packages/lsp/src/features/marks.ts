import {
  comparePositions,
  type Declared,
  type FunctionSyntax,
  type GraphEvaluation,
  isReference,
  type ModuleReading,
  type NodeFact,
  placeBetween,
  placeOf,
  type ReadFact,
  readScopes,
  type Scopes,
  type Source,
  unwrap,
  type Value,
} from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { contextOf, isOneColumn, type Mark, type Subject } from "./subject.ts";

/** Every word of a strategy file, and of the files it links, that stands for a part of a graph; by file, in reading order. */
export function marksOf(reading: ModuleReading): readonly Mark[] {
  const marks = new Map<string, Mark>();
  const outside = once(reading.outside);
  const strategies = reading.strategies.length > 0 ? reading.strategies.map((_, index) => index) : [-1];
  for (const strategy of strategies) markStrategy(reading, strategy, contextOf(reading, strategy, outside), marks);
  return [...marks.values()].sort(
    (a, b) =>
      (a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : 0) ||
      comparePositions(a.place.start, b.place.start),
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a name inside `compute` holds. */
type Bound =
  | { readonly kind: "inputs" }
  | { readonly kind: "input"; readonly input: string; readonly read: ReadFact }
  | { readonly kind: "column"; readonly node: number; readonly column: string };

type Style = Pick<Mark, "role" | "named"> & { readonly shorthand?: boolean; readonly fixed?: true };

const USE: Style = { role: "read", named: false };
const ASKED: Style = { role: "read", named: false, fixed: true };
const NAMED_READ: Style = { role: "read", named: true };
const NAMED_DEFINITION: Style = { role: "definition", named: true };

function markStrategy(
  reading: ModuleReading,
  strategy: number,
  context: GraphEvaluation,
  marks: Map<string, Mark>,
): void {
  const { linked } = reading;
  const own = reading.strategies[strategy];
  const others = new Set<ts.Node>(reading.strategies.filter((_, index) => index !== strategy).map(({ call }) => call));
  const scopes = new Map<ts.SourceFile, Scopes>();
  const graph = own === undefined ? undefined : graphOf();
  const computes = new Map<ts.Node, number>();
  const states = new Set<ts.Node>();
  for (const fact of own?.facts.nodes ?? []) {
    if (!("compute" in fact)) continue;
    if (fact.compute.kind === "function") computes.set(reading.syntaxAt(fact.compute.at), fact.index);
    if (fact.state?.kind === "function") states.add(reading.syntaxAt(fact.state.at));
  }
  for (const source of linked.sources) markSource(source);
  for (const fact of own?.facts.nodes ?? []) markFact(fact);
  markParams();
  markTargets();

  function put(word: ts.Node, subject: Subject, style: Style): void {
    const key = keyOf(subject);
    const isQuoted = ts.isStringLiteralLike(word);
    const place = isQuoted
      ? placeBetween(word.getSourceFile(), word.getStart() + 1, Math.max(word.getStart() + 1, word.end - 1))
      : placeOf(word);
    const id = `${place.file} ${place.start.line} ${place.start.column} ${key}`;
    const before = marks.get(id);
    // A word that both reads and names (`{ close }` as an input) keeps what says more.
    if (before !== undefined && (before.named || !style.named)) return;
    marks.set(id, {
      subject,
      key,
      role: style.role,
      place,
      named: style.named,
      text: textOf(word) ?? word.getText(),
      quoted: isQuoted,
      shorthand: style.shorthand ?? false,
      ...(style.fixed === true && { fixed: true }),
    });
  }

  function keyOf(subject: Subject): string {
    switch (subject.kind) {
      case "node":
        return `node ${nodeKey(subject.node)}`;
      case "column": {
        const origin = originOf(context, subject.node);
        const fact = context.node(origin);
        const literal = fact.kind === "stream" ? schemaLiteral(fact) : undefined;
        return literal === undefined
          ? `column ${nodeKey(origin)} ${subject.column}`
          : `schema ${syntaxKey(literal)} ${subject.column}`;
      }
      case "input":
        return `input ${nodeKey(subject.node)} ${subject.input}`;
      case "param":
        return `param ${own === undefined ? "" : syntaxKey(own.call)} ${subject.param}`;
      case "builder":
        return `builder ${subject.specifier} ${subject.name}`;
      case "tag":
        return `tag ${subject.tag}`;
      case "symbol":
        return `symbol ${subject.symbol}`;
      default:
        return subject.kind;
    }
  }

  function nodeKey(node: number): string {
    return syntaxKey(reading.syntaxAt(context.node(node).at));
  }

  /** The function that makes the strategy's graph. */
  function graphOf(): ts.Node | undefined {
    const [argument] = own?.call.arguments ?? [];
    const spec = argument === undefined ? undefined : context.evaluate(argument);
    const graph = spec?.kind === "object" ? spec.entries["graph"] : undefined;
    return graph?.kind === "function" ? graph.node : undefined;
  }

  /** Words outside of `compute` and `state`. */
  function markSource(source: Source): void {
    const stack: { readonly node: ts.Node; readonly inHelper: boolean }[] = [{ node: source.file, inHelper: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { node } = top;
      if (others.has(node) || ts.isTypeNode(node)) continue;
      const compute = computes.get(node);
      if (compute !== undefined) markCompute(node as FunctionSyntax, compute);
      if (compute !== undefined || states.has(node) || source.opaque.has(node)) continue;
      const inHelper = top.inHelper || (ts.isFunctionLike(node) && node !== graph);
      if (inHelper) markHelper(node);
      else markWord(node);
      ts.forEachChild(node, (child) => {
        stack.push({ node: child, inHelper });
      });
    }
  }

  /** A function of the author's is not followed; the library's builders are named in it all the same. */
  function markHelper(node: ts.Node): void {
    if (!ts.isIdentifier(node) || !isReference(node)) return;
    const binding = linked.bindingOf(node);
    if (binding.kind === "package" && binding.name !== "*") putBuilder(node, binding);
  }

  function markWord(node: ts.Node): void {
    if (ts.isPropertyAccessExpression(node)) putValue(node.name, context.evaluate(node), NAMED_READ);
    else if (ts.isIdentifier(node) && isReference(node)) putValue(node, context.evaluate(node), USE);
    else if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) {
      const value = context.evaluate(node.initializer);
      const made = "node" in value && typeof value.node === "number" ? context.node(value.node) : undefined;
      const isDefinition = made !== undefined && reading.syntaxAt(made.at) === unwrap(node.initializer);
      putValue(node.name, value, isDefinition ? { role: "definition", named: false } : USE);
    } else if (ts.isBindingElement(node) && ts.isIdentifier(node.name) && node.dotDotDotToken === undefined) {
      const source = linked.sources.find(({ path }) => path === node.getSourceFile().fileName) as Source;
      const value = context.meaningOf({ kind: "declaration", source, node }, node);
      if (node.propertyName === undefined) putValue(node.name, value, { ...NAMED_READ, shorthand: true });
      else {
        putValue(node.propertyName, value, NAMED_READ);
        putValue(node.name, value, USE);
      }
    }
  }

  function putValue(word: ts.Node, value: Value, style: Style): void {
    switch (value.kind) {
      case "window":
        putValue(word, value.of, { ...style, named: false });
        break;
      case "panel":
      case "label":
        put(word, { kind: "node", strategy, node: value.node }, { ...style, named: false });
        break;
      case "column":
        if (isOneColumn(context.node(value.node)))
          put(word, { kind: "node", strategy, node: value.node }, { ...style, named: false });
        else {
          const named = style.named && textOf(word) === value.column;
          put(word, { kind: "column", strategy, node: value.node, column: value.column }, { ...style, named });
        }
        break;
      case "param":
        put(word, { kind: "param", strategy, param: value.name }, style);
        break;
      case "package":
        if (value.name !== "*") putBuilder(word, value);
        break;
      default:
    }
  }

  function putBuilder(word: ts.Node, { specifier, name }: { readonly specifier: string; readonly name: string }): void {
    if (specifier.startsWith("@qmtl/") || reading.linked.nodeBuilder(specifier, name) !== undefined)
      put(word, { kind: "builder", specifier, name }, USE);
  }

  function markFact(fact: NodeFact): void {
    const { index: node } = fact;
    if ("name" in fact && fact.name.kind === "literal") {
      const word = reading.syntaxAt(fact.name.at);
      if (ts.isStringLiteralLike(word)) put(word, { kind: "node", strategy, node }, NAMED_DEFINITION);
    }
    if ("compute" in fact && fact.inputs.kind === "inputs")
      for (const [name, key] of keysOf(reading.syntaxAt(fact.inputs.at)))
        put(key, { kind: "input", strategy, node, input: name }, { ...NAMED_DEFINITION, ...shorthandOf(key) });
    if ("compute" in fact && fact.output.kind === "output")
      for (const [column, key] of keysOf(reading.syntaxAt(fact.output.at)))
        put(key, { kind: "column", strategy, node, column }, { ...NAMED_DEFINITION, ...shorthandOf(key) });
    if (fact.kind === "kernel" && fact.inputs.kind === "inputs")
      for (const { read } of fact.inputs.inputs) {
        // An indicator that takes a panel asks it for columns by their names.
        const written = read.kind === "column" ? reading.syntaxAt(read.at) : undefined;
        if (read.kind !== "column" || written === undefined || !ts.isExpression(written)) continue;
        if (context.evaluate(written).kind === "panel")
          put(written, { kind: "column", strategy, node: read.node, column: read.column }, ASKED);
      }
    if (fact.kind === "stream") {
      const literal = schemaLiteral(fact);
      for (const [column, key] of literal === undefined ? [] : keysOf(literal))
        put(key, { kind: "column", strategy, node, column }, NAMED_DEFINITION);
      if (fact.tags.kind === "list")
        for (const item of fact.tags.items) {
          const word = reading.syntaxAt(item.at);
          if (item.kind === "literal" && ts.isStringLiteralLike(word))
            put(word, { kind: "tag", tag: String(item.value) }, NAMED_READ);
        }
    }
    if (fact.kind === "pick" && fact.symbol.kind === "literal") {
      const word = reading.syntaxAt(fact.symbol.at);
      if (ts.isStringLiteralLike(word)) put(word, { kind: "symbol", symbol: String(fact.symbol.value) }, NAMED_READ);
    }
  }

  function markParams(): void {
    if (own?.facts.params.kind !== "params") return;
    for (const { name, at } of own.facts.params.params) {
      const property = reading.syntaxAt(at).parent;
      if (ts.isPropertyAssignment(property))
        put(property.name, { kind: "param", strategy, param: name }, NAMED_DEFINITION);
    }
  }

  function markTargets(): void {
    const result = own?.facts.result;
    if (result === undefined || !("target" in result) || result.target.kind !== "reads") return;
    for (const [symbol, key] of keysOf(reading.syntaxAt(result.target.at)))
      put(key, { kind: "symbol", symbol }, NAMED_READ);
  }

  /** The object literal that declares the columns of a stream's schema, where the author wrote one. */
  function schemaLiteral(fact: Extract<NodeFact, { kind: "stream" }>): ts.ObjectLiteralExpression | undefined {
    const call = reading.syntaxAt(fact.at);
    const spec = ts.isCallExpression(call) ? call.arguments[0] : undefined;
    const option = spec === undefined ? undefined : keysOf(spec).get("schema")?.parent;
    if (option === undefined) return undefined;
    const written = ts.isPropertyAssignment(option)
      ? writtenAs(option.initializer)
      : ts.isShorthandPropertyAssignment(option)
        ? writtenAs(option.name)
        : undefined;
    const columns = written !== undefined && ts.isCallExpression(written) ? written.arguments[1] : undefined;
    const literal = columns === undefined ? undefined : writtenAs(columns);
    return literal !== undefined && ts.isObjectLiteralExpression(literal) ? literal : undefined;
  }

  /** The syntax that a chain of names was declared with. */
  function writtenAs(expression: ts.Expression): ts.Expression {
    let current = unwrap(expression);
    for (let steps = 0; steps < 10 && ts.isIdentifier(current); steps++) {
      const binding = linked.bindingOf(current);
      const declaration = binding.kind === "declaration" ? binding.node : undefined;
      if (declaration === undefined || !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined)
        break;
      current = unwrap(declaration.initializer);
    }
    return current;
  }

  function keysOf(syntax: ts.Node): ReadonlyMap<string, ts.PropertyName> {
    const literal = ts.isExpression(syntax) ? writtenAs(syntax) : syntax;
    const keys = new Map<string, ts.PropertyName>();
    if (!ts.isObjectLiteralExpression(literal)) return keys;
    for (const { name } of literal.properties) {
      const text = name === undefined ? undefined : textOf(name);
      if (name !== undefined && text !== undefined) keys.set(text, name);
    }
    return keys;
  }

  /** Inputs, their columns, and the columns that are returned, inside of a `compute`. */
  function markCompute(compute: FunctionSyntax, node: number): void {
    const fact = context.node(node);
    const reads = new Map<string, ReadFact>();
    if (fact.inputs.kind === "inputs") for (const { name, read } of fact.inputs.inputs) reads.set(name, read);
    const bound = new Map<Declared, Bound>();
    const file = compute.getSourceFile();
    const known = scopes.get(file) ?? readScopes(file, new Set());
    scopes.set(file, known);
    const [inputs] = compute.parameters;
    if (inputs === undefined || compute.body === undefined) return;
    bind(inputs, { kind: "inputs" });
    const stack: ts.Node[] = [compute.body];
    if (!ts.isBlock(compute.body)) markReturned(compute.body, node);
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (ts.isTypeNode(step)) continue;
      if (ts.isVariableDeclaration(step) && step.initializer !== undefined && !ts.isIdentifier(step.name)) {
        const whole = boundOf(step.initializer);
        if (whole !== undefined) bindPattern(step.name, whole);
      }
      if (ts.isPropertyAccessExpression(step)) {
        const part = boundOf(step);
        if (part !== undefined) putBound(step.name, part, NAMED_READ);
      } else if (ts.isIdentifier(step) && isReference(step)) {
        const whole = boundOf(step);
        if (whole !== undefined) putBound(step, whole, USE);
      }
      if (ts.isReturnStatement(step) && step.expression !== undefined && enclosing(step) === compute)
        markReturned(step.expression, node);
      const children: ts.Node[] = [];
      ts.forEachChild(step, (child) => {
        children.push(child);
      });
      stack.push(...children.reverse());
    }

    function bind(declared: ts.ParameterDeclaration | ts.BindingElement, whole: Bound): void {
      if (ts.isIdentifier(declared.name)) bound.set(declared, whole);
      else bindPattern(declared.name, whole);
    }

    function bindPattern(pattern: ts.BindingName, whole: Bound): void {
      if (!ts.isObjectBindingPattern(pattern)) return;
      for (const element of pattern.elements) {
        const word = element.propertyName ?? element.name;
        const key = element.dotDotDotToken === undefined ? textOf(word) : undefined;
        const part = key === undefined ? undefined : memberOf(whole, key);
        if (part === undefined) continue;
        const shorthand = element.propertyName === undefined;
        putBound(word, part, { ...NAMED_READ, shorthand });
        bind(element, part);
        if (!shorthand && ts.isIdentifier(element.name)) putBound(element.name, part, USE);
      }
    }

    function boundOf(expression: ts.Expression): Bound | undefined {
      const inner = unwrap(expression);
      if (ts.isPropertyAccessExpression(inner)) {
        const whole = boundOf(inner.expression);
        return whole === undefined ? undefined : memberOf(whole, inner.name.text);
      }
      if (!ts.isIdentifier(inner)) return undefined;
      const declared = known.declarationOf(inner);
      return declared === undefined ? undefined : bound.get(declared);
    }

    function memberOf(whole: Bound, name: string): Bound | undefined {
      if (whole.kind === "inputs") {
        const read = reads.get(name);
        return read === undefined ? undefined : { kind: "input", input: name, read };
      }
      if (whole.kind !== "input" || (whole.read.kind !== "panel" && whole.read.kind !== "window-panel"))
        return undefined;
      const { output } = context.node(whole.read.node);
      if (output.kind === "output" && !output.columns.some((column) => column.name === name)) return undefined;
      return { kind: "column", node: whole.read.node, column: name };
    }

    function putBound(word: ts.Node, part: Bound, style: Style): void {
      if (part.kind === "input") put(word, { kind: "input", strategy, node, input: part.input }, style);
      else if (part.kind === "column")
        put(word, { kind: "column", strategy, node: part.node, column: part.column }, style);
    }
  }

  function markReturned(expression: ts.Expression, node: number): void {
    const returned = unwrap(expression);
    if (ts.isConditionalExpression(returned)) {
      markReturned(returned.whenTrue, node);
      markReturned(returned.whenFalse, node);
      return;
    }
    if (!ts.isObjectLiteralExpression(returned)) return;
    const { output } = context.node(node);
    for (const { name } of returned.properties) {
      const column = name === undefined ? undefined : textOf(name);
      if (name === undefined || column === undefined) continue;
      if (output.kind === "output" && output.columns.some((each) => each.name === column))
        put(
          name,
          { kind: "column", strategy, node, column },
          { role: "write", named: true, shorthand: ts.isShorthandPropertyAssignment(name.parent) },
        );
    }
  }
}

/** The node whose columns this one hands on by the same names. */
function originOf({ node: nodeAt }: GraphEvaluation, node: number): number {
  let origin = node;
  for (;;) {
    const fact = nodeAt(origin);
    if (fact.kind !== "pick" && fact.kind !== "resample" && fact.kind !== "align") return origin;
    const read = fact.inputs.kind === "inputs" ? fact.inputs.inputs[0]?.read : undefined;
    if (read?.kind !== "panel") return origin;
    origin = read.node;
  }
}

function enclosing(node: ts.Node): ts.Node {
  let outer = node.parent;
  while (!ts.isFunctionLike(outer) && !ts.isSourceFile(outer)) outer = outer.parent;
  return outer;
}

function shorthandOf(key: ts.Node): { readonly shorthand: boolean } {
  return { shorthand: ts.isShorthandPropertyAssignment(key.parent) };
}

function syntaxKey(syntax: ts.Node): string {
  const file = syntax.getSourceFile();
  return `${file.fileName}:${syntax.getStart(file)}`;
}

function textOf(name: ts.Node): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  return undefined;
}

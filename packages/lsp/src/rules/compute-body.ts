import type { ComputeFact, InputFact, ModuleReading, ReadFact, StaticGraph } from "../facts/index.ts";
import { pushChildren, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";

export type FunctionNode = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration;

/** What an expression inside of a `compute` reads: an input, or a member of one. */
export interface InputUse {
  /** Absent: the inputs object as a whole. */
  readonly input?: InputFact;
  /** Names that lead on from there: a column of a panel. */
  readonly members: readonly string[];
}

/** The function of a node, and what the names in it mean. */
export interface ComputeBody {
  readonly kind: "compute" | "state";
  readonly fact: ComputeFact;
  readonly node: FunctionNode;
  /** Index of the strategy. */
  readonly strategy: number;
  /** What an expression reads of the node's inputs; undefined for all else. */
  inputOf(expression: ts.Expression): InputUse | undefined;
  /** The window that an expression is, with its bars where they are known. */
  windowOf(expression: ts.Expression): { readonly read: WindowRead; readonly bars: number | undefined } | undefined;
  /** True where an expression is the node's state, or a part of it. */
  isState(expression: ts.Expression): boolean;
}

export type WindowRead = Extract<ReadFact, { kind: "window" | "window-panel" }>;

/** The bodies of all strategies of a file. A node that two strategies share is looked at once. */
export function computeBodies(reading: ModuleReading, graphs: readonly StaticGraph[]): readonly ComputeBody[] {
  const seen = new Set<ts.Node>();
  return reading.facts.strategies.flatMap((strategy, index) =>
    strategy.nodes.flatMap((fact): ComputeBody[] => {
      if (fact.kind !== "user" && fact.kind !== "cross-section" && fact.kind !== "aggregate") return [];
      return (["compute", "state"] as const).flatMap((kind) => {
        const found = fact[kind];
        const node = found?.kind === "function" ? reading.syntaxAt(found.at) : undefined;
        if (node === undefined || !isFunctionNode(node) || seen.has(node)) return [];
        seen.add(node);
        return [bodyOf({ reading, graph: graphs[index], kind, fact, node, strategy: index })];
      });
    }),
  );
}

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return (
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node)
  );
}

interface Origin {
  readonly reading: ModuleReading;
  readonly graph: StaticGraph | undefined;
  readonly kind: "compute" | "state";
  readonly fact: ComputeFact;
  readonly node: FunctionNode;
  readonly strategy: number;
}

function bodyOf({ reading, graph, kind, fact, node, strategy }: Origin): ComputeBody {
  const { linked } = reading;
  const [first, second] = kind === "compute" ? node.parameters : [];
  const inputs = fact.inputs.kind === "inputs" ? fact.inputs.inputs : [];

  /** Names from the root of a parameter, or of what a const holds, down to an expression. */
  function pathOf(
    expression: ts.Expression,
    steps = 0,
  ): { readonly root: ts.Node; readonly path: readonly string[] } | undefined {
    if (steps > 20) return undefined;
    const inner = unwrap(expression);
    if (ts.isPropertyAccessExpression(inner)) {
      const of = pathOf(inner.expression, steps + 1);
      return of && { root: of.root, path: [...of.path, inner.name.text] };
    }
    if (ts.isElementAccessExpression(inner) && ts.isStringLiteralLike(inner.argumentExpression)) {
      const of = pathOf(inner.expression, steps + 1);
      return of && { root: of.root, path: [...of.path, inner.argumentExpression.text] };
    }
    if (!ts.isIdentifier(inner)) return undefined;
    const binding = linked.bindingOf(inner);
    if (binding.kind !== "declaration") return undefined;
    return pathOfDeclaration(binding.node, steps + 1);
  }

  function pathOfDeclaration(
    declared: ts.Node,
    steps: number,
  ): { readonly root: ts.Node; readonly path: readonly string[] } | undefined {
    if (declared === first || declared === second) return { root: declared, path: [] };
    if (ts.isVariableDeclaration(declared) && isInside(declared, node)) {
      const isConst = (declared.parent.flags & ts.NodeFlags.Const) !== 0;
      return isConst && declared.initializer !== undefined ? pathOf(declared.initializer, steps) : undefined;
    }
    if (!ts.isBindingElement(declared) || declared.dotDotDotToken !== undefined) return undefined;
    const key = declared.propertyName ?? declared.name;
    if (!ts.isObjectBindingPattern(declared.parent) || !ts.isIdentifier(key)) return undefined;
    const of = pathOfDeclaration(declared.parent.parent, steps + 1);
    return of && { root: of.root, path: [...of.path, key.text] };
  }

  const inputOf = (expression: ts.Expression): InputUse | undefined => {
    const found = pathOf(expression);
    if (found === undefined || found.root !== first) return undefined;
    const [name, ...members] = found.path;
    if (name === undefined) return { members };
    const input = inputs.find((each) => each.name === name);
    return input === undefined ? undefined : { input, members };
  };
  return {
    kind,
    fact,
    node,
    strategy,
    inputOf,
    windowOf(expression) {
      const use = inputOf(expression);
      const read = use?.input?.read;
      if (use === undefined || (read?.kind !== "window" && read?.kind !== "window-panel")) return undefined;
      if (use.members.length !== (read.kind === "window" ? 0 : 1)) return undefined;
      const placed = graph?.nodes.find((each) => each.fact.index === fact.index);
      const resolved =
        placed === undefined || !Array.isArray(placed.inputs)
          ? undefined
          : placed.inputs.find(({ name }) => name === use.input?.name)?.read;
      const known = resolved?.kind === "window" || resolved?.kind === "window-panel" ? resolved.bars : undefined;
      const literal = read.bars.kind === "literal" ? read.bars.value : undefined;
      const bars = typeof known === "number" ? known : literal;
      return { read, bars: typeof bars === "number" ? bars : undefined };
    },
    isState: (expression) => second !== undefined && pathOf(expression)?.root === second,
  };
}

export function isInside(node: ts.Node, outer: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}

const below = new WeakMap<ts.Node, readonly ts.Node[]>();

/** Visits every node below, in reading order, the root first; types are not code. Each rule does, so the way is kept. */
export function walk(root: ts.Node, visit: (node: ts.Node) => void): void {
  const known = below.get(root) ?? nodesBelow(root);
  below.set(root, known);
  for (const node of known) visit(node);
}

function nodesBelow(root: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node !== root && ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) continue;
    found.push(node);
    pushChildren(stack, node);
  }
  return found;
}

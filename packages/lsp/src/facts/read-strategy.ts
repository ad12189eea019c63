import { ts } from "../syntax/index.ts";
import type { Constancy } from "./constancy.ts";
import { createEvaluation } from "./evaluate.ts";
import type { At, NodeFact, ResultFact, StrategyFacts, Unknown } from "./facts.ts";
import type { Linked } from "./link.ts";
import type { GraphEvaluation } from "./loose-evaluation.ts";
import { graphContext, readParams } from "./read-params.ts";
import { type Reader, termOf } from "./reader.ts";
import { option, required } from "./reads.ts";
import { type FunctionSyntax, type UnknownValue, unexpected, unknownValue, type Value } from "./value.ts";

export interface StrategyReading {
  readonly linked: Linked;
  readonly constancy: Constancy;
  readonly at: (syntax: ts.Node) => At;
}

/** What a strategy's text says, and what the expressions of its graph, and of the module around it, are. */
export interface ReadStrategy extends GraphEvaluation {
  readonly facts: StrategyFacts;
  readonly call: ts.CallExpression;
}

/** Reads one call of `strategy()`. */
export function readStrategy(
  { linked, constancy, at }: StrategyReading,
  call: ts.CallExpression,
  exported: readonly string[],
): ReadStrategy {
  const nodes: NodeFact[] = [];
  const unread = new Map<string, Unknown>();
  const parameters = new Map<ts.ParameterDeclaration, Value>();
  const reader: Reader = {
    evaluate: (expression) => evaluation.evaluate(expression),
    add(node) {
      const index = nodes.length;
      nodes.push({ ...node, index } as NodeFact);
      return index;
    },
    node: (index) => nodes[index] as NodeFact,
    nodeBuilder: linked.nodeBuilder,
    at,
    unknown({ cause, from }) {
      const fact: Unknown = { kind: "unknown", cause, at: at(from) };
      const key = `${fact.at} ${cause.code}`;
      const before = unread.get(key);
      if (before === undefined) unread.set(key, fact);
      return before ?? fact;
    },
  };
  const evaluation = createEvaluation({ linked, constancy, reader, parameters });
  const [argument] = call.arguments;
  const spec =
    argument === undefined ? unknownValue(call, "missing", "There are no options here") : reader.evaluate(argument);
  const name = termOf(reader, required(spec, "name", call));
  const params = readParams(reader, option(spec, "params"));
  const graph = required(spec, "graph", call);
  const result =
    graph.kind === "function" ? readGraph(graph.node) : reader.unknown(unexpected(graph, "a function is expected"));
  const facts = { exported, at: at(call), name, params, nodes: [...nodes], result, unread: [...unread.values()] };
  return { facts, call, ...evaluation, node: reader.node };

  function readGraph(graph: FunctionSyntax): ResultFact {
    const refused = unreadable(graph);
    if (refused !== undefined) return reader.unknown(refused);
    const [context] = graph.parameters;
    if (context !== undefined) parameters.set(context, graphContext(params, context));
    const { body } = graph;
    if (body === undefined) return reader.unknown(unknownValue(graph, "syntax", "A function without a body"));
    return ts.isBlock(body) ? readBody(body) : resultFact(reader.evaluate(body));
  }

  function readBody(body: ts.Block): ResultFact {
    let result: ResultFact | undefined;
    for (const statement of body.statements) {
      if (ts.isVariableStatement(statement)) {
        for (const { initializer } of statement.declarationList.declarations)
          if (initializer !== undefined) reader.evaluate(initializer);
      } else if (ts.isExpressionStatement(statement)) reader.evaluate(statement.expression);
      else if (ts.isReturnStatement(statement)) {
        result ??=
          statement.expression === undefined
            ? reader.unknown(unknownValue(statement, "missing", "The graph returns nothing"))
            : resultFact(reader.evaluate(statement.expression));
      } else {
        const branch = branchOf(statement);
        if (branch === undefined) continue;
        const note = reader.unknown(branch.cause);
        if (branch.returns) result ??= note;
      }
    }
    return result ?? reader.unknown(unknownValue(body, "missing", "The graph returns nothing"));
  }

  function resultFact(value: Value): ResultFact {
    return value.kind === "result"
      ? value.result
      : reader.unknown(unexpected(value, "a decision or a dataset is expected"));
  }
}

function unreadable(graph: FunctionSyntax): UnknownValue | undefined {
  const isAsync =
    ts.canHaveModifiers(graph) && ts.getModifiers(graph)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (isAsync === true || graph.asteriskToken !== undefined)
    return unknownValue(graph, "refused", "A graph is built by a plain function, neither async nor a generator");
  return undefined;
}

/** What a statement of the graph that may or may not run, or runs often, hides; undefined where it only throws. */
function branchOf(statement: ts.Statement): { readonly cause: UnknownValue; readonly returns: boolean } | undefined {
  if (ts.isFunctionDeclaration(statement) || ts.isEmptyStatement(statement)) return undefined;
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return undefined;
  const held = contents(statement);
  if (!held.returns && !held.calls) return undefined;
  const cause = ts.isIterationStatement(statement, false)
    ? unknownValue(statement, "loop", "What a loop makes is not followed")
    : unknownValue(statement, "conditional", "What is made on a condition is not followed");
  return { cause, returns: held.returns };
}

function contents(statement: ts.Statement): { readonly returns: boolean; readonly calls: boolean } {
  let returns = false;
  let calls = false;
  const stack: ts.Node[] = [statement];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (ts.isThrowStatement(node) || ts.isFunctionLike(node)) continue;
    if (ts.isReturnStatement(node)) returns = true;
    if (ts.isCallExpression(node)) calls = true;
    ts.forEachChild(node, (child) => {
      stack.push(child);
    });
  }
  return { returns, calls };
}

import { type ModuleReading, placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { isFunctionNode, isInside, walk } from "../compute-body.ts";
import type { Rule } from "../rule.ts";

export const graphDanglingInput: Rule = {
  code: "G303",
  slug: "graph-dangling-input",
  title: "A node of another strategy's graph is read",
  severity: "error",
  tier: 1,
  checkModule({ reading, report }) {
    const graphs = graphFunctions(reading);
    for (const graph of graphs)
      walk(graph, (node) => {
        if (!ts.isIdentifier(node) || !reading.linked.sources.some(({ scopes }) => scopes.references.includes(node)))
          return;
        const binding = reading.linked.bindingOf(node);
        if (binding.kind !== "declaration" || !ts.isVariableDeclaration(binding.node)) return;
        const declared = binding.node;
        if (isInside(declared, graph) || isTarget(node)) return;
        const giver = (reading.linked.usesOf(declared) ?? []).find(
          (use) => isTarget(use) && graphs.some((other) => other !== graph && isInside(use, other)),
        );
        if (giver === undefined) return;
        report({
          at: placeOf(node),
          message: `${node.text} is given its value in the graph of another strategy`,
          next: "Make the node in this graph, in a function that both call, or publish it as an artifact.",
          related: [{ message: "It is assigned here", place: placeOf(giver) }],
        });
      });
  },
};

/** The functions behind `graph` of every `strategy()` call of the file. */
function graphFunctions({ facts, syntaxAt }: ModuleReading): readonly ts.Node[] {
  return facts.strategies.flatMap(({ at }) => {
    const call = syntaxAt(at);
    const [spec] = ts.isCallExpression(call) ? call.arguments : [];
    const literal = spec === undefined ? undefined : unwrap(spec);
    if (literal === undefined || !ts.isObjectLiteralExpression(literal)) return [];
    const property = literal.properties.find(
      ({ name }) => name !== undefined && ts.isIdentifier(name) && name.text === "graph",
    );
    if (property === undefined) return [];
    const value = ts.isPropertyAssignment(property) ? unwrap(property.initializer) : property;
    return isFunctionNode(value) ? [value] : [];
  });
}

/** `shared = …`, and `shared.trend = …`, which leaves the handle in a part of it. */
function isTarget(use: ts.Node): boolean {
  let target = use;
  while (
    (ts.isPropertyAccessExpression(target.parent) || ts.isElementAccessExpression(target.parent)) &&
    target.parent.expression === target
  )
    target = target.parent;
  const { parent } = target;
  return (
    ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken && parent.left === target
  );
}

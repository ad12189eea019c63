import { type ModuleReading, placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type FunctionNode, isInside, walk } from "../compute-body.ts";
import type { Rule } from "../rule.ts";
import { graphFunction, strategySpec } from "../strategy-spec.ts";
import { hoistFix } from "./hoist-fix.ts";

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
          fixes: hoistFix(reading, declared, graphs),
          related: [{ message: "It is assigned here", place: placeOf(giver) }],
        });
      });
  },
};

/** The functions behind `graph` of every `strategy()` call of the file. */
function graphFunctions(reading: ModuleReading): readonly FunctionNode[] {
  return reading.facts.strategies.flatMap((_, index) => {
    const spec = strategySpec(reading, index);
    const graph = spec === undefined ? undefined : graphFunction(spec);
    return graph === undefined ? [] : [graph];
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

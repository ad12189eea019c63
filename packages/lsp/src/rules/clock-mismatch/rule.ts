import { isReference, placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { codeIssues, identifierAt } from "../code-issues.ts";
import { isInside, walk } from "../compute-body.ts";
import type { Fix } from "../finding.ts";
import type { Rule } from "../rule.ts";
import { barTimeFix } from "./bar-time-fix.ts";

export const clockMismatch: Rule = {
  code: "D107",
  slug: "clock-mismatch",
  title: "The wall clock is read where time is virtual",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule({ reading, bodies, report }) {
    const say = (at: ReturnType<typeof placeOf>, subject: string, fixes: readonly Fix[] = []): void =>
      report({
        at,
        message: `${subject} is the wall clock, and a replay has only the time of its bars`,
        next: "Make barTime(…) an input.",
        fixes,
        data: { subject },
      });
    const fixesOf = (name: ts.Identifier | undefined) => (name === undefined ? [] : barTimeFix(reading, bodies, name));
    const told = new Set<ts.Node>();
    for (const { kind, subject, place, literal } of codeIssues(reading, bodies)) {
      if (kind !== "clock") continue;
      if (subject !== "Date" || literal === undefined) say(place, subject, fixesOf(identifierAt(reading, place)));
      else
        walk(literal, (node) => {
          if (!ts.isIdentifier(node) || node.text !== "Date" || !isReference(node) || isWritten(node) || told.has(node))
            return;
          told.add(node);
          say(placeOf(node), subject, fixesOf(node));
        });
    }
    // A strategy without nodes to look into is still run when it is loaded.
    if (reading.facts.strategies.length === 0) return;
    for (const { file, scopes } of reading.linked.sources)
      walk(file, (node) => {
        const clock = readsClock(node, (name) => scopes.declarationOf(name) !== undefined);
        if (clock === undefined || bodies.some((body) => isInside(node, body.node)) || isInFunction(node, reading))
          return;
        say(placeOf(clock), clock.getText());
      });
  },
};

/** `new Date(time)` and `Date.UTC(…)` reckon with the time that they are given. */
function isWritten({ parent }: ts.Identifier): boolean {
  if (ts.isNewExpression(parent)) return parent.arguments?.length === 1;
  return ts.isPropertyAccessExpression(parent) && parent.name.text === "UTC";
}

/** `Date.now()`, `new Date()`, `Date()`, `performance.now()`: the part that names the clock. */
function readsClock(node: ts.Node, isDeclared: (name: ts.Identifier) => boolean): ts.Node | undefined {
  const isGlobal = (of: ts.Expression, word: string): boolean =>
    ts.isIdentifier(of) && of.text === word && !isDeclared(of);
  if (ts.isNewExpression(node) && isGlobal(node.expression, "Date") && (node.arguments?.length ?? 0) === 0) return node;
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (isGlobal(callee, "Date")) return node;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "now") return undefined;
  const of = unwrap(callee.expression);
  return isGlobal(of, "Date") || isGlobal(of, "performance") ? callee : undefined;
}

/** Inside of a function that is neither a graph nor anything that building it must call: nobody may ever call it. */
function isInFunction(
  node: ts.Node,
  { facts, syntaxAt }: Parameters<NonNullable<Rule["checkModule"]>>[0]["reading"],
): boolean {
  const graphs = facts.strategies.map(({ at }) => syntaxAt(at));
  for (let at: ts.Node = node; at.parent !== undefined; at = at.parent)
    if (ts.isFunctionLike(at)) return !graphs.some((graph) => isInside(at, graph));
  return false;
}

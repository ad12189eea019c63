import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { codeIssues, declarationOf, reachable } from "../code-issues.ts";
import { type ComputeBody, isInside, walk } from "../compute-body.ts";
import { sharedState } from "../domain-mutable-state-shared/rule.ts";
import type { Draft, ModuleContext, Rule } from "../rule.ts";
import { changingFix, inputFix, plainFix } from "./capture-fix.ts";

export const undeclaredCapture: Rule = {
  code: "C406",
  slug: "undeclared-capture",
  title: "A node reads what its identity can't prove",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule(context) {
    const { reading, bodies, report } = context;
    const issues = codeIssues(reading, bodies);
    const shared = new Set(sharedState(issues).flatMap((each) => each.issues));
    for (const issue of issues) {
      if (issue.kind !== "capture" || shared.has(issue)) continue;
      const [says, next] = sentences(issue.message);
      report({
        at: issue.place,
        message: says,
        next,
        fixes: changingFix(reading, issue),
        data: { cause: issue.code, subject: issue.subject },
      });
    }
    const seen = new Set<ts.Node>();
    for (const body of bodies)
      for (const literal of reachable(reading, body.node))
        walk(literal, (node) => {
          if (!ts.isIdentifier(node) || seen.has(node)) return;
          seen.add(node);
          const draft = captured(context, body, literal, node);
          if (draft !== undefined) report(draft);
        });
  },
};

/** The first sentence says what is wrong, the rest what to do. */
function sentences(message: string): readonly [string, string] {
  const end = message.indexOf(". ");
  return end < 0 ? [message.replace(/\.$/, ""), "Make it an input."] : [message.slice(0, end), message.slice(end + 2)];
}

/** Values that can change behind an identity's back, by the class that makes them. */
const CHANGING: ReadonlySet<string> = new Set(["Map", "Set", "WeakMap", "WeakSet", "Proxy", "WeakRef"]);

function captured(
  { reading }: ModuleContext,
  body: ComputeBody,
  literal: ts.Node,
  name: ts.Identifier,
): Draft | undefined {
  const declared = declarationOf(reading, name);
  if (declared === undefined || isInside(declared, literal) || declared === name.parent) return undefined;
  const at = placeOf(name);
  const related = [{ message: "It is declared here", place: placeOf(declared) }];
  if (isGraphParameter(reading, body, declared)) {
    const use = outerAccess(name);
    const member = ts.isPropertyAccessExpression(use) ? use.name.text : undefined;
    return {
      at: placeOf(use),
      // What a node is given are single values, not params as a whole.
      fixes:
        member === undefined && name.text === "params"
          ? []
          : inputFix(reading, body, { declared, text: use.getText(), name: member ?? name.text }),
      message: `${use.getText()} is a param, and the code of a node sees its inputs alone`,
      next: "Make it an input.",
      related,
      data: { cause: "param", subject: use.getText() },
    };
  }
  if (!ts.isVariableDeclaration(declared) && !ts.isBindingElement(declared)) return undefined;
  const value = reading.evaluate(body.strategy, name);
  if (value.kind === "column" || value.kind === "panel" || value.kind === "window" || value.kind === "label")
    return {
      at,
      message: `${name.text} is a ${value.kind}, and the code of a node sees values alone`,
      fixes:
        value.kind === "label"
          ? []
          : inputFix(reading, body, { declared, text: name.text, name: name.text, handle: value }),
      next: "Make it an input.",
      related,
      data: { cause: "capture-handle", subject: name.text },
    };
  const made = ts.isVariableDeclaration(declared) && declared.initializer ? unwrap(declared.initializer) : undefined;
  if (made === undefined || !ts.isNewExpression(made) || !ts.isIdentifier(made.expression)) return undefined;
  if (!CHANGING.has(made.expression.text)) return undefined;
  return {
    at,
    message: `${name.text} is a ${made.expression.text}, which can be changed after the graph is complete`,
    fixes: ts.isVariableDeclaration(declared) ? plainFix(reading, declared) : [],
    next: "Use a plain array or object.",
    related,
    data: { cause: "capture-mutable", subject: name.text },
  };
}

/** What `graph({ params })` is given, whole or by its parts. */
function isGraphParameter(reading: ModuleContext["reading"], body: ComputeBody, declared: ts.Node): boolean {
  let root: ts.Node = declared;
  while (ts.isBindingElement(root)) root = root.parent.parent;
  if (!ts.isParameter(root)) return false;
  const at = reading.facts.strategies[body.strategy]?.at;
  const call = at === undefined ? undefined : reading.syntaxAt(at);
  const [spec] = call !== undefined && ts.isCallExpression(call) ? call.arguments : [];
  const owner = root.parent;
  const property = ts.isMethodDeclaration(owner) ? owner : owner.parent;
  return spec !== undefined && property.parent === unwrap(spec);
}

/** `params.fast` of `params`. */
function outerAccess(name: ts.Identifier): ts.Node {
  const { parent } = name;
  return ts.isPropertyAccessExpression(parent) && parent.expression === name ? parent : name;
}

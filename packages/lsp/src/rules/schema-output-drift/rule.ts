import { closestName, describeCell } from "@qmtl/core/static";
import { keysOf, type Place, placeOf, returnedExpressions, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import type { TypeProblem } from "../../types/problem.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import type { Fix } from "../finding.ts";
import type { Draft, ModuleContext, Rule, TypesContext } from "../rule.ts";

export const schemaOutputDrift: Rule = {
  code: "S204",
  slug: "schema-output-drift",
  title: "compute gives other columns than output declares",
  severity: "error",
  tier: 0,
  provenByTypes: true,
  checkTypes(context) {
    for (const problem of context.problems) checkProblem(context, problem);
  },
  checkModule(context) {
    for (const body of context.bodies) {
      if (body.kind !== "compute" || body.fact.output.kind !== "output") continue;
      const declared = body.fact.output.columns.map(({ name }) => name);
      if (body.fact.kind === "cross-section") checkWrites(context, body, declared);
      else for (const returned of returnedExpressions(body.node)) checkReturned(context, body, returned, declared);
    }
  },
};

function checkProblem({ report }: TypesContext, problem: TypeProblem): void {
  switch (problem.kind) {
    case "undeclared-output": {
      const { place, name, declared } = problem;
      report(undeclared(place, name, declared, closestName(name, declared)));
      return;
    }
    case "missing-outputs":
      report(lacking(problem.place, problem.missing));
      return;
    case "wrong-output": {
      const { place, name, cell, found } = problem;
      const wanted = describeCell(cell);
      report({
        at: place,
        message: `"${name}" is declared as ${wanted}, and ${found} is given`,
        next: "Give what output declares, or declare what is given.",
        data: { column: name, wanted, found },
      });
    }
  }
}

function undeclared(at: Place, name: string, declared: readonly string[], meant: string | undefined): Draft {
  return {
    at,
    message: `"${name}" is not declared; output declares ${declared.join(", ")}`,
    next: meant === undefined ? "Declare it in output, or leave it out." : `Did you mean ${meant}?`,
    data: { column: name },
  };
}

function lacking(at: Place, missing: readonly string[]): Draft {
  return {
    at,
    message: `What is returned lacks ${missing.join(", ")}, which output declares`,
    next: "Return every column; NaN says that there is no value.",
    data: { column: missing.join(",") },
  };
}

function checkReturned(
  { reading, report }: ModuleContext,
  body: ComputeBody,
  returned: ts.Expression,
  declared: readonly string[],
): void {
  const keys = keysOf(returned);
  if (keys === undefined || body.fact.output.kind !== "output") return;
  const related = [{ message: "It declares", place: placeOf(reading.syntaxAt(body.fact.output.at)) }];
  const absent = declared.filter((name) => !keys.has(name));
  const extra = [...keys].filter(([name]) => !declared.includes(name));
  const renamed = new Set<string>();
  for (const [name, property] of extra) {
    const meant = absent.length === 1 && extra.length === 1 ? absent[0] : closestName(name, absent);
    if (meant !== undefined) renamed.add(meant);
    report({
      ...undeclared(placeOf(property.name ?? property), name, declared, meant),
      related,
      fixes: meant === undefined ? [] : [renameFix(property, name, meant)],
    });
  }
  const missing = absent.filter((name) => !renamed.has(name));
  if (missing.length > 0) report({ ...lacking(placeOf(returned), missing), related });
}

function renameFix(property: ts.ObjectLiteralElementLike, name: string, meant: string): Fix {
  const place = placeOf(property.name ?? property);
  const text = ts.isShorthandPropertyAssignment(property) ? `${meant}: ${name}` : meant;
  return { title: `Rename to ${meant}`, edits: [{ place, text }], isSafe: false };
}

/** `out.weight.set(i, …)` */
function checkWrites({ report }: ModuleContext, body: ComputeBody, declared: readonly string[]): void {
  const out = body.node.parameters[1];
  if (out === undefined || !ts.isIdentifier(out.name)) return;
  walk(body.node, (node) => {
    if (!ts.isPropertyAccessExpression(node) || declared.includes(node.name.text)) return;
    const of = unwrap(node.expression);
    if (!ts.isIdentifier(of) || !body.isState(of)) return;
    const meant = closestName(node.name.text, declared);
    const place = placeOf(node.name);
    report({
      ...undeclared(place, node.name.text, declared, meant),
      fixes:
        meant === undefined ? [] : [{ title: `Change to ${meant}`, edits: [{ place, text: meant }], isSafe: true }],
    });
  });
}

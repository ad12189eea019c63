import { closestName } from "@qmtl/core/static";
import { placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import type { Draft, ModuleContext, Rule, StrategyContext } from "../rule.ts";

export const schemaUnknownColumn: Rule = {
  code: "S201",
  slug: "schema-unknown-column",
  title: "A column is read that the upstream schema lacks",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  checkStrategy(context) {
    for (const { cause, at } of context.strategy.unread)
      if (cause.code === "no-such-column" && cause.choice !== undefined)
        context.report(draftOf(nameAt(context, at, cause.choice.wanted), cause.choice));
  },
  checkTypes({ problems, report }) {
    for (const problem of problems) if (problem.kind === "unknown-column") report(draftOf(problem.place, problem));
  },
  checkModule(context) {
    for (const body of context.bodies)
      walk(body.node, (node) => {
        if (ts.isPropertyAccessExpression(node)) checkAccess(context, body, node, node.name);
        else if (ts.isBindingElement(node)) checkPattern(context, body, node);
      });
  },
};

/** Of `bars.clsoe`, the name alone. */
function nameAt(context: StrategyContext, at: number, wanted: string) {
  const place = context.placeOf(at);
  const isAtEnd = place.end.column - wanted.length > 0;
  return isAtEnd ? { ...place, start: { line: place.end.line, column: place.end.column - wanted.length } } : place;
}

/** `top.biid` where `top` is a panel, in the code of a node. */
function checkAccess(
  { reading, report }: ModuleContext,
  body: ComputeBody,
  access: ts.PropertyAccessExpression,
  name: ts.MemberName,
): void {
  const use = body.inputOf(access.expression);
  const read = use?.input?.read;
  if (use === undefined || use.members.length > 0) return;
  if (read?.kind !== "panel" && read?.kind !== "window-panel") return;
  reportMissing(columnsAt(reading, body, read.node), name, report);
}

function checkPattern({ reading, report }: ModuleContext, body: ComputeBody, element: ts.BindingElement): void {
  const key = element.propertyName ?? element.name;
  if (!ts.isIdentifier(key) || element.dotDotDotToken !== undefined) return;
  const names: string[] = [];
  let outer: ts.Node = element.parent;
  for (; ts.isObjectBindingPattern(outer); outer = outer.parent.parent) {
    const owner: ts.Node = outer.parent;
    if (!ts.isBindingElement(owner)) break;
    const own = owner.propertyName ?? owner.name;
    if (!ts.isIdentifier(own)) return;
    names.unshift(own.text);
  }
  const holder = ts.isObjectBindingPattern(outer) ? outer.parent : undefined;
  let input: string | undefined;
  if (holder !== undefined && holder === body.node.parameters[0] && body.kind === "compute" && names.length === 1)
    [input] = names;
  else if (holder !== undefined && ts.isVariableDeclaration(holder) && holder.initializer && names.length === 0) {
    const use = body.inputOf(holder.initializer);
    if (use?.members.length === 0) input = use.input?.name;
  }
  if (input === undefined || body.fact.inputs.kind !== "inputs") return;
  const read = body.fact.inputs.inputs.find(({ name }) => name === input)?.read;
  if (read?.kind === "panel" || read?.kind === "window-panel")
    reportMissing(columnsAt(reading, body, read.node), key, report);
}

function columnsAt(reading: ModuleContext["reading"], body: ComputeBody, node: number): readonly string[] | undefined {
  const output = reading.facts.strategies[body.strategy]?.nodes[node]?.output;
  return output?.kind === "output" ? output.columns.map(({ name }) => name) : undefined;
}

function reportMissing(columns: readonly string[] | undefined, name: ts.MemberName, report: (draft: Draft) => void) {
  if (columns === undefined || columns.includes(name.text)) return;
  report(draftOf(placeOf(name), { wanted: name.text, among: columns }));
}

function draftOf(
  at: Draft["at"],
  { wanted, among }: { readonly wanted: string; readonly among: readonly string[] },
): Draft {
  const meant = closestName(wanted, among);
  return {
    at,
    message: `There is no column "${wanted}"; there are ${among.join(", ")}`,
    next: meant === undefined ? `Use one of ${among.join(", ")}.` : `Did you mean ${meant}?`,
    fixes:
      meant === undefined ? [] : [{ title: `Change to ${meant}`, edits: [{ place: at, text: meant }], isSafe: true }],
    data: { column: wanted },
  };
}

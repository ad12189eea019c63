import { type Place, placeOf, signatureOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { declarationOf } from "../code-issues.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import { constants, labelOf } from "../graph-reads.ts";
import { literalNumber } from "../literal.ts";
import type { Draft, ModuleContext, Rule } from "../rule.ts";

export const lookAhead: Rule = {
  code: "C401",
  slug: "look-ahead",
  title: "A bar is read that has not happened yet",
  severity: "error",
  tier: 0,
  provenByTypes: true,
  unsuppressable: true,
  checkModule(context) {
    for (const body of context.bodies)
      walk(body.node, (node) => {
        if (ts.isCallExpression(node)) checkOffset(context, body, node);
        if (ts.isElementAccessExpression(node) || ts.isCallExpression(node)) checkTable(context, body, node);
      });
  },
  checkTypes({ problems, report }) {
    for (const problem of problems)
      if (problem.kind === "look-ahead")
        report(
          problem.of === "window"
            ? offsetDraft(problem.place, problem.offset, problem.isLiteral)
            : lagDraft(problem.place, "A lag", problem.offset, problem.isLiteral),
        );
  },
  checkStrategy({ strategy, placeOf: place, report }) {
    const { constant } = constants(strategy);
    for (const fact of strategy.nodes) {
      if (fact.kind !== "kernel" && fact.kind !== "cross-kernel") continue;
      for (const argument of signatureOf(fact.builder)?.arguments ?? []) {
        const term = argument.kind === "lag" ? fact.params[argument.name] : undefined;
        const value = constant(term);
        if (term === undefined || typeof value !== "number" || value >= 0) continue;
        report(lagDraft(place(term.at), labelOf(fact), value, term.kind === "literal"));
      }
    }
  },
};

/** `recent.at(0)`, `recent.at(1)`, `recent.at(i)` where `i` counts up from there: windows count back from -1. */
function checkOffset(context: ModuleContext, body: ComputeBody, call: ts.CallExpression): void {
  const callee = unwrap(call.expression);
  const [argument] = call.arguments;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "at" || argument === undefined) return;
  if (body.windowOf(callee.expression) === undefined) return;
  const literal = literalNumber(argument);
  const at = placeOf(argument);
  if (literal === undefined) {
    if (countsUp(context, argument))
      report(
        context,
        at,
        `${argument.getText()} counts up from now, and a window counts back: -1 is the bar that just closed`,
      );
    return;
  }
  if (literal >= 0) context.report(offsetDraft(at, literal, true));
}

function offsetDraft(at: Place, offset: number, isLiteral: boolean): Draft {
  const back = `-${Math.max(1, offset)}`;
  return {
    at,
    message:
      offset === 0
        ? "Offset 0 is no bar of a window: -1 is the bar that just closed"
        : `Offset ${offset} looks ahead: -1 is the bar that just closed, -2 the one before it`,
    next: "Count back from now.",
    fixes: isLiteral ? [{ title: `Count back: ${back}`, edits: [{ place: at, text: back }], isSafe: false }] : [],
    data: { offset: String(offset) },
  };
}

function lagDraft(at: Place, who: string, lag: number, isLiteral: boolean): Draft {
  return {
    at,
    message: `${who} of ${lag} looks ${-lag} bars ahead`,
    next: "A lag looks back: 0 bars or more.",
    fixes: isLiteral
      ? [{ title: `Look back: ${-lag}`, edits: [{ place: at, text: String(-lag) }], isSafe: false }]
      : [],
    data: { offset: String(lag) },
  };
}

function report(context: ModuleContext, at: Place, message: string): void {
  context.report({ at, message, next: "Count back from now.", data: { offset: "variable" } });
}

/** The variable of a `for` that begins at 0 or above and rises. */
function countsUp({ reading }: ModuleContext, offset: ts.Expression): boolean {
  const inner = unwrap(offset);
  const declared = ts.isIdentifier(inner) ? declarationOf(reading, inner) : undefined;
  if (declared === undefined || !ts.isVariableDeclaration(declared) || declared.initializer === undefined) return false;
  const loop = declared.parent.parent;
  const from = literalNumber(declared.initializer);
  if (!ts.isForStatement(loop) || from === undefined || from < 0 || loop.incrementor === undefined) return false;
  const step = unwrap(loop.incrementor);
  if (ts.isPostfixUnaryExpression(step) || ts.isPrefixUnaryExpression(step))
    return step.operator === ts.SyntaxKind.PlusPlusToken;
  return ts.isBinaryExpression(step) && step.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken;
}

/** `TABLE[time]` where the keys of TABLE are dates: somebody wrote down what came later. */
function checkTable(
  { reading, report: say }: ModuleContext,
  body: ComputeBody,
  node: ts.ElementAccessExpression | ts.CallExpression,
): void {
  const callee = ts.isCallExpression(node) ? unwrap(node.expression) : undefined;
  const isGet = callee !== undefined && ts.isPropertyAccessExpression(callee) && callee.name.text === "get";
  const table = ts.isElementAccessExpression(node) ? node.expression : isGet ? callee.expression : undefined;
  const key = ts.isElementAccessExpression(node) ? node.argumentExpression : node.arguments[0];
  if (table === undefined || key === undefined || !readsTime(reading, body, key)) return;
  const inner = unwrap(table);
  const declared = ts.isIdentifier(inner) ? declarationOf(reading, inner) : undefined;
  if (declared === undefined || !ts.isVariableDeclaration(declared) || declared.initializer === undefined) return;
  if (!isDated(unwrap(declared.initializer))) return;
  say({
    at: placeOf(node),
    message: `${inner.getText()} is a table by date, read by the time of the bar: what is written in it was known only later`,
    next: "Bring it in as a stream, whose rows are known from their own time on.",
    related: [{ message: "The table", place: placeOf(declared.name) }],
    data: { offset: "table" },
  });
}

/** An expression that is made of the time of the bar. */
function readsTime(reading: ModuleContext["reading"], body: ComputeBody, key: ts.Expression): boolean {
  const nodes = reading.facts.strategies[body.strategy]?.nodes;
  let found = false;
  const look = (expression: ts.Node, depth: number): void => {
    if (depth > 5) return;
    walk(expression, (node) => {
      if (!ts.isIdentifier(node)) return;
      const read = body.inputOf(node)?.input?.read;
      if (read?.kind === "column" && nodes?.[read.node]?.kind === "bar-time") found = true;
      const declared = read === undefined ? declarationOf(reading, node) : undefined;
      if (declared !== undefined && ts.isVariableDeclaration(declared) && declared.initializer !== undefined)
        look(declared.initializer, depth + 1);
    });
  };
  look(key, 0);
  return found;
}

const DATE = /^\d{4}-\d{2}(-\d{2})?/;
/** The year 1973 in seconds: smaller numbers count something else. */
const OLDEST = 1e8;

/** `{ "2020-03-01": … }`, `{ 1583020800: … }`, `new Map([["2020-03-01", …]])`: three dates are no accident. */
function isDated(value: ts.Expression): boolean {
  let keys: readonly string[] = [];
  if (ts.isObjectLiteralExpression(value))
    keys = value.properties.flatMap(({ name }) =>
      name !== undefined && (ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) ? [name.text] : [],
    );
  else if (ts.isNewExpression(value) && value.arguments?.[0] !== undefined) {
    const list = unwrap(value.arguments[0]);
    if (ts.isArrayLiteralExpression(list))
      keys = list.elements.flatMap((pair) => {
        const entry = unwrap(pair);
        const first = ts.isArrayLiteralExpression(entry) ? entry.elements[0] : undefined;
        return first !== undefined && (ts.isStringLiteralLike(first) || ts.isNumericLiteral(first)) ? [first.text] : [];
      });
  }
  return keys.filter((key) => DATE.test(key) || Number(key) >= OLDEST).length >= 3;
}

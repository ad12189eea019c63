import { type ModuleReading, placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type ComputeBody, isInside } from "../compute-body.ts";
import { importEdits } from "../edits.ts";
import type { Fix } from "../finding.ts";
import { clockText, inputEdits } from "../input-edits.ts";

/** Reads the end of the bar where the code reads `Date.now()`, `performance.now()` or `new Date()`. */
export function barTimeFix(
  reading: ModuleReading,
  bodies: readonly ComputeBody[],
  clock: ts.Identifier,
): readonly Fix[] {
  const body = bodies.find(({ node }) => isInside(clock, node));
  const now = readingOf(clock);
  const of = body === undefined ? undefined : clockText(reading, body);
  if (body === undefined || now === undefined || of === undefined) return [];
  const given = inputEdits(reading, body, {
    name: "time",
    value: `barTime(${of})`,
    isGiven: (read) => read.kind === "column" && reading.strategies[body.strategy]?.node(read.node).kind === "bar-time",
  });
  if (given === undefined) return [];
  const { target, text } = now(given.reads);
  const { file } = placeOf(target);
  const isNew = given.edits.some((edit) => edit.text.includes("barTime("));
  return [
    {
      title: "Read the time of the bar",
      edits: [
        { place: placeOf(target), text },
        ...given.edits,
        ...(isNew ? importEdits(reading, file, "@qmtl/core/strategy", "barTime") : []),
      ],
      isSafe: false,
    },
  ];
}

/** What is replaced, and by what: bars count in seconds, the wall clock in milliseconds. */
function readingOf(clock: ts.Identifier): ((time: string) => { target: ts.Node; text: string }) | undefined {
  const { parent } = clock;
  if (ts.isNewExpression(parent) && parent.expression === clock && (parent.arguments?.length ?? 0) === 0)
    return (time) => ({ target: parent, text: `new Date(${time} * 1000)` });
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== clock || parent.name.text !== "now")
    return undefined;
  const call = parent.parent;
  if (!ts.isCallExpression(call) || call.expression !== parent || call.arguments.length > 0) return undefined;
  const around = call.parent;
  if (isInSeconds(around, call)) return (time) => ({ target: around, text: time });
  return (time) => ({ target: call, text: standsAlone(around, call) ? `${time} * 1000` : `(${time} * 1000)` });
}

/** `Date.now() / 1000` */
function isInSeconds(node: ts.Node, call: ts.Node): boolean {
  return (
    ts.isBinaryExpression(node) &&
    node.left === call &&
    node.operatorToken.kind === ts.SyntaxKind.SlashToken &&
    ts.isNumericLiteral(node.right) &&
    Number(node.right.text) === 1000
  );
}

const BINDS_TIGHTER: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
]);

/** Where a product needs no parentheses. */
function standsAlone(around: ts.Node, value: ts.Node): boolean {
  if (ts.isBinaryExpression(around))
    return (
      !BINDS_TIGHTER.has(around.operatorToken.kind) ||
      (around.left === value && around.operatorToken.kind !== ts.SyntaxKind.AsteriskAsteriskToken)
    );
  return (
    ts.isVariableDeclaration(around) ||
    ts.isPropertyAssignment(around) ||
    ts.isReturnStatement(around) ||
    ts.isArrowFunction(around) ||
    ts.isParenthesizedExpression(around) ||
    ts.isConditionalExpression(around) ||
    ts.isArrayLiteralExpression(around) ||
    ts.isTemplateSpan(around) ||
    (ts.isCallExpression(around) && around.expression !== value) ||
    ts.isNewExpression(around)
  );
}

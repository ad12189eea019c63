import type { Cell } from "@qmtl/core/static";
import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { isNumber } from "../cell-needs.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import { cellOf, labelOf, readsOf } from "../graph-reads.ts";
import type { ModuleContext, Rule } from "../rule.ts";

/** Names of units in which people count time, by what they mean. */
const TIMES: Readonly<Record<string, string>> = {
  s: "seconds",
  sec: "seconds",
  second: "seconds",
  seconds: "seconds",
  ms: "milliseconds",
  milli: "milliseconds",
  millis: "milliseconds",
  milliseconds: "milliseconds",
  us: "microseconds",
  microseconds: "microseconds",
  ns: "nanoseconds",
  nanoseconds: "nanoseconds",
  m: "minutes",
  minutes: "minutes",
  hours: "hours",
  days: "days",
};

export const schemaTimeUnit: Rule = {
  code: "S208",
  slug: "schema-time-unit",
  title: "Seconds are joined with milliseconds, or the like",
  severity: "warning",
  tier: 1,
  checkStrategy({ strategy, placeOf, report }) {
    for (const fact of strategy.nodes) {
      const timed = readsOf(fact).flatMap(({ read }) => {
        const unit = timeOf(cellOf(strategy, read));
        return unit === undefined ? [] : [{ read, unit }];
      });
      const [first] = timed;
      const other = timed.find(({ unit }) => unit !== first?.unit);
      if (first === undefined || other === undefined) continue;
      report({
        at: placeOf(other.read.at),
        message: `${labelOf(fact)} reads ${first.unit} and ${other.unit}`,
        next: "Convert one of them in a node whose output declares the unit.",
        related: [{ message: `These are ${first.unit}`, place: placeOf(first.read.at) }],
      });
    }
  },
  checkModule(context) {
    for (const body of context.bodies)
      walk(body.node, (node) => {
        if (ts.isBinaryExpression(node)) checkMilliseconds(context, body, node);
      });
  },
};

function timeOf(cell: Cell | undefined): string | undefined {
  if (cell === undefined || !isNumber(cell)) return undefined;
  return Object.hasOwn(TIMES, cell.unit) ? TIMES[cell.unit] : undefined;
}

/** A minute, an hour, a day and a week in milliseconds. */
const MILLISECONDS: readonly number[] = [60_000, 3_600_000, 86_400_000, 604_800_000];

/** `time / 86_400_000` where `time` is counted in seconds. A minute of 60,000 seconds is nothing that anybody means. */
function checkMilliseconds({ reading, report }: ModuleContext, body: ComputeBody, node: ts.BinaryExpression): void {
  const divides =
    node.operatorToken.kind === ts.SyntaxKind.SlashToken || node.operatorToken.kind === ts.SyntaxKind.PercentToken;
  const divisor = unwrap(node.right);
  if (!divides || !(ts.isNumericLiteral(divisor) || ts.isIdentifier(divisor))) return;
  const value = reading.evaluate(body.strategy, divisor);
  const milliseconds = value.kind === "literal" ? value.value : undefined;
  if (typeof milliseconds !== "number" || !MILLISECONDS.includes(milliseconds)) return;
  const use = body.inputOf(node.left);
  const strategy = reading.facts.strategies[body.strategy];
  const read = use?.members.length === 0 ? use.input?.read : undefined;
  if (read === undefined || strategy === undefined || timeOf(cellOf(strategy, read)) !== "seconds") return;
  report({
    at: placeOf(divisor),
    message: `The left side counts seconds, and ${divisor.getText()} is a number of milliseconds`,
    next: `Divide by ${milliseconds / 1000}.`,
    fixes: ts.isIdentifier(divisor)
      ? []
      : [
          {
            title: `Change to ${milliseconds / 1000}`,
            edits: [{ place: placeOf(divisor), text: String(milliseconds / 1000) }],
            isSafe: false,
          },
        ],
  });
}

import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { walk } from "../compute-body.ts";
import { literalNumber } from "../literal.ts";
import type { Rule } from "../rule.ts";

export const periodTooShort: Rule = {
  code: "W501",
  slug: "period-too-short",
  title: "A window is shorter than what reads it",
  severity: "error",
  tier: 0,
  checkModule({ bodies, reading, report }) {
    for (const body of bodies)
      walk(body.node, (node) => {
        if (!ts.isCallExpression(node)) return;
        const callee = unwrap(node.expression);
        const [argument] = node.arguments;
        if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "at" || argument === undefined) return;
        const window = body.windowOf(callee.expression);
        const offset = literalNumber(argument);
        if (window?.bars === undefined || offset === undefined || offset >= 0 || -offset <= window.bars) return;
        const bars = placeOf(reading.syntaxAt(window.read.bars.at));
        report({
          at: placeOf(argument),
          message: `This reads ${-offset} bars back, and the window has ${window.bars}`,
          next: `Widen the window to ${-offset}.`,
          related: [{ message: "The window", place: bars }],
          fixes:
            window.read.bars.kind === "literal"
              ? [
                  {
                    title: `Widen the window to ${-offset}`,
                    edits: [{ place: bars, text: String(-offset) }],
                    isSafe: false,
                  },
                ]
              : [],
          data: { bars: String(window.bars), wanted: String(-offset) },
        });
      });
  },
};

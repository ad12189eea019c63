import { expect, test } from "vitest";
import { describeRule, filesOf, findingsOf } from "../rule.test.kit.ts";

const shared = (top: string, first: string): string => `//- strategies/main.ts
import { ohlcv, quantity } from "@qmtl/core/schema";
import { cast, strategy, stream, targetPositions } from "@qmtl/core/strategy";
${top}
export const first = strategy({
  name: "first",
  graph() {
    ${first}
  },
});
export default strategy({
  name: "second",
  graph() {
    return targetPositions(trend);
  },
});
`;

const two = (first: string, second: string): string => `//- strategies/main.ts
import { ohlcv, quantity } from "@qmtl/core/schema";
import { cast, strategy, stream, targetPositions } from "@qmtl/core/strategy";
const kept = {};
export const first = strategy({
  name: "first",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    ${first}
    return targetPositions(cast(bars.close, quantity));
  },
});
export default strategy({
  name: "second",
  graph() {
    ${second}
  },
});
`;

describeRule("G303", {
  flagged: {
    "a handle in a property": two(
      "kept.bars = bars;",
      `return targetPositions(cast(kept.bars.close, quantity));
    //                          ^^^^ G303 another strategy`,
    ),
  },
  clean: {
    "a property that each sets for itself": two(
      "void bars;",
      'kept.bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" }); return targetPositions(cast(kept.bars.close, quantity));',
    ),
  },
  fixed: {
    "a node with the stream that it reads": [
      shared(
        "let trend;",
        `const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const close = bars.close;
    trend = cast(close, quantity);
    return targetPositions(trend);`,
      ),
      shared(
        `const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
const close = bars.close;
const trend = cast(close, quantity);`,
        "return targetPositions(trend);",
      ),
    ],
  },
});

test("what needs the params of its graph stays there", () => {
  const text = shared("let trend;", "trend = cast(sma(made, params.bars), quantity); return targetPositions(trend);");
  const found = findingsOf(filesOf(text.replace("graph() {", "graph({ params }) {"))).filter(
    ({ code }) => code === "G303",
  );
  expect(found.map(({ fixes }) => fixes)).toEqual([[]]);
});

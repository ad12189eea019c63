import { describeRule } from "../rule.test.kit.ts";

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
});

import { describeRule } from "../rule.test.kit.ts";

const text = (option: string): string => `//- strategies/example.ts
import { ohlcv, quantity } from "@qmtl/core/schema";
import { cast, strategy, stream, targetPositions } from "@qmtl/core/strategy";
export default strategy({
  name: "hold",
  ${option}graph: () => targetPositions(cast(stream({ schema: ohlcv, tags: ["x"], interval: "1d" }).close, quantity)),
});
`;

describeRule("D104", { fixed: { "by removing it": [text('mode: "live", '), text("")] } });

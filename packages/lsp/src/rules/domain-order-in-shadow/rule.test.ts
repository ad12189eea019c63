import { describeRule } from "../rule.test.kit.ts";

const strategy = (domains: string): string => `import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
export default strategy({
  name: "s",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const n = node({ name: "n", inputs: { c: bars.close }, output: { w: fraction }, ${domains}compute: ({ c }) => ({ w: c }) });
    return targetWeights(n.w);
  },
});
`;

describeRule("D101", {
  clean: { "domains that are not known": strategy('domains: [globalThis.where ? "shadow" : "live"], ') },
  fixed: {
    "by leaving domains out": [
      strategy('domains: ["shadow"], '),
      `//- strategies/example.ts\n${strategy("").trimEnd()}\n`,
    ],
  },
});

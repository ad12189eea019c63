import { describeRule } from "../rule.test.kit.ts";

const text = (dead: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
${dead}const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction }, compute: ({ close }) => ({ weight: close }) });
return targetWeights(hold.weight);`;

describeRule("G302", {
  clean: { "a graph with something unknown in it": text('const slow = sma(bars.close, Number.parseInt("3"));\n') },
  fixed: { "by removing the statement": [text("const slow = sma(bars.close, 50);\n"), text("")] },
});

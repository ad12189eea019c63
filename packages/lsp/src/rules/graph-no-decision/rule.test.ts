import { describeRule } from "../rule.test.kit.ts";

const body = (end: string, output = "weight: fraction", result = "weight: 1"): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close }, output: { ${output} }, compute: () => ({ ${result} }) });
${end}`;

describeRule("G305", {
  clean: {
    "a dataset": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return dataset({ name: "d", features: { c: bars.close }, labels: { next: forwardReturn(bars.close, 1) } });`,
    "a result that can't be known": "return make();",
  },
  fixed: {
    "a fraction": [body("return returns(bars.close, 5);"), body("return targetWeights(returns(bars.close, 5));")],
    "a truth": [
      body("const up = cross.rank(bars.close);\nreturn hold.up;", "up: bool", "up: true"),
      body(
        "const up = cross.rank(bars.close);\nreturn orders({ long: { enter: hold.up, size: 1 } });",
        "up: bool",
        "up: true",
      ),
    ],
    "another number": [
      body("return sma(bars.close, 5);"),
      body(
        'return targetWeights(node({ name: "decide", inputs: { signal: sma(bars.close, 5) }, output: { weight: fraction }, compute: ({ signal }) => ({ weight: signal > 0 ? 1 : 0 }) }).weight);',
      ),
    ],
    "the only target of a panel": [
      body("return hold;", "held: quantity, at: price", "held: 1, at: 2"),
      body("return targetPositions(hold.held);", "held: quantity, at: price", "held: 1, at: 2"),
    ],
    "a graph that returns nothing": [
      body("const change = returns(bars.close, 5);\nvoid hold;"),
      body("const change = returns(bars.close, 5);\nvoid hold;\nreturn targetWeights(change);"),
    ],
  },
});

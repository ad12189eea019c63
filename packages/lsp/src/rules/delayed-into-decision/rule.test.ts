import { describeRule } from "../rule.test.kit.ts";

describeRule("C402", {
  flagged: {
    "an indicator": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const smooth = sma(forwardReturn(bars.close, 5), 3);
//                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ C402 sma() reads it
return targetWeights(smooth);`,
    "a decision": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetWeights(forwardReturn(bars.close, 5));
//                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ C402 the decision`,
    "a feature": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const next = forwardReturn(bars.close, 5);
return dataset({ name: "d", features: { next }, labels: { next } });
//                                      ^^^^ C402 a feature`,
  },
  fixed: {
    "an input of a node": [
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const next = forwardReturn(bars.close, 5);
const hold = node({ name: "hold", inputs: { next }, output: { weight: fraction }, compute: ({ next }) => ({ weight: next > 0 ? 1 : 0 }) });
return targetWeights(hold.weight);`,
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const next = forwardReturn(bars.close, 5);
const hold = node({ name: "hold", inputs: { next: returns(bars.close, 5) }, output: { weight: fraction }, compute: ({ next }) => ({ weight: next > 0 ? 1 : 0 }) });
return targetWeights(hold.weight);`,
    ],
    "a decision": [
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetWeights(forwardReturn(bars.close, 5));`,
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetWeights(returns(bars.close, 5));`,
    ],
    "a feature": [
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const next = forwardReturn(bars.close, 5);
return dataset({ name: "d", features: { next, close: bars.close }, labels: { far: forwardReturn(bars.close, 9) } });`,
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const next = forwardReturn(bars.close, 5);
return dataset({ name: "d", features: { close: bars.close }, labels: { far: forwardReturn(bars.close, 9), next } });`,
    ],
  },
});

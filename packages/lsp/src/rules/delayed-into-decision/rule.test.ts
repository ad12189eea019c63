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
});

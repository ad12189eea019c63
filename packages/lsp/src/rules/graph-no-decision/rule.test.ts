import { describeRule } from "../rule.test.kit.ts";

describeRule("G305", {
  clean: {
    "a dataset": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return dataset({ name: "d", features: { c: bars.close }, labels: { next: forwardReturn(bars.close, 1) } });`,
    "a result that can't be known": "return make();",
  },
});

import { describeRule } from "../rule.test.kit.ts";

describeRule("S203", {
  fixed: {
    "the node that makes the panel": [
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const ends = node({ name: "ends", inputs: { close: bars.close }, output: { close: price }, compute: ({ close }) => ({ close }) });
const range = atr(ends, 14);
const hold = node({ name: "hold", inputs: { range }, output: { weight: fraction }, compute: ({ range }) => ({ weight: range > 1 ? 0 : 1 }) });
return targetWeights(hold.weight);`,
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const ends = node({ name: "ends", inputs: { close: bars.close }, output: { close: price, high: price, low: price }, compute: ({ close }) => ({ close }) });
const range = atr(ends, 14);
const hold = node({ name: "hold", inputs: { range }, output: { weight: fraction }, compute: ({ range }) => ({ weight: range > 1 ? 0 : 1 }) });
return targetWeights(hold.weight);`,
    ],
  },
});

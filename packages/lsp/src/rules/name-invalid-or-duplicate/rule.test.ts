import { describeRule } from "../rule.test.kit.ts";

const text = (name: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({ name: "hold", inputs: { c: bars.close }, output: { w: fraction }, compute: ({ c }) => ({ w: c }) });
const b = node({ name: "${name}", inputs: { w: a.w }, output: { w: fraction }, compute: ({ w }) => ({ w }) });
return targetWeights(b.w);`;

describeRule("N601", {
  fixed: {
    "a name that is taken": [text("hold"), text("hold-2")],
    "a name that is none": [text(" my signal! "), text("my-signal")],
  },
});

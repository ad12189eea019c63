import { describeRule } from "../rule.test.kit.ts";

const text = (output: string, returned: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({
  name: "hold",
  inputs: { close: bars.close },
  output: { ${output} },
  compute: ({ close }) => { if (close > 1) return { ${returned} }; return { ${returned} }; },
});
return targetWeights(hold.weight);`;

describeRule("S205", {
  fixed: {
    "in output and in what is returned": [
      text("debug: f64, weight: fraction", "debug: close, weight: 1"),
      text("weight: fraction", "weight: 1"),
    ],
  },
});

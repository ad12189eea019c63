import { describeRule } from "../rule.test.kit.ts";

const text = (bars: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({
  name: "hold",
  inputs: { recent: window(bars, ${bars}) },
  output: { weight: fraction },
  compute: ({ recent }) => { const { high } = recent; return { weight: high.at(-12) > 1 ? 1 : 0 }; },
//                                                                             ^^^ W501
});
return targetWeights(hold.weight);`;

describeRule("W501", {
  flagged: { "a window of a panel, its length a param": text("params.bars") },
  fixed: { "by widening": [text("10"), text("12")] },
});

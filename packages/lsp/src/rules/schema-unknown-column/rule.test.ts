import { describeRule } from "../rule.test.kit.ts";

const text = (name: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(sma(bars.${name}, 5), quantity));`;

describeRule("S201", {
  flagged: {
    "a column of a panel, in code": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({
  name: "hold",
  inputs: { bars, frame: window(bars, 3) },
  output: { weight: fraction },
  compute: ({ bars: { clsoe }, frame }) => ({ weight: clsoe > frame.hihg.newest ? 1 : 0 }),
  //                  ^^^^^ S201 "clsoe"
  //                                                                ^^^^ S201 "hihg"
});
return targetWeights(hold.weight);`,
  },
  clean: {
    "a schema that is not known": `
const bars = stream({ schema: make(), tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.anything, quantity));`,
  },
  fixed: { "a slip": [text("clsoe"), text("close")] },
});

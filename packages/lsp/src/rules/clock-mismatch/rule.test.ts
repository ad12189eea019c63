import { describeRule } from "../rule.test.kit.ts";

describeRule("D107", {
  flagged: {
    "each reading of the clock, beside dates that are given": `const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const held = node({
  name: "held",
  inputs: { time: barTime(bars) },
  output: { weight: fraction },
  compute: ({ time }) => ({ weight: new Date(time * 1000) > new Date() || Date.now() > time ? 1 : 0 }),
  //                                                            ^^^^ D107
  //                                                                      ^^^^ D107
});
return targetWeights(held.weight);`,
    "the top of the file": `const started = Date.now();
//              ^^^^^^^^ D107
const born = new Date();
//           ^^^^^^^^^^ D107
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`,
  },
  clean: {
    "the weekday of a bar": `const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const held = node({
  name: "held",
  inputs: { time: barTime(bars) },
  output: { weight: fraction },
  compute: ({ time }) => ({ weight: new Date(time * 1000).getUTCDay() === 1 && time > Date.UTC(2001, 0) / 1000 ? 1 : 0 }),
});
return targetWeights(held.weight);`,
    "a date that is written": `const from = new Date("2020-01-01");
const later = () => Date.now();
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`,
  },
});

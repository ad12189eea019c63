import { describeRule } from "../rule.test.kit.ts";

describeRule("D107", {
  flagged: {
    "the top of the file": `const started = Date.now();
//              ^^^^^^^^ D107
const born = new Date();
//           ^^^^^^^^^^ D107
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`,
  },
  clean: {
    "a date that is written": `const from = new Date("2020-01-01");
const later = () => Date.now();
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`,
  },
});

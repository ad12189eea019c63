import { describeRule } from "../rule.test.kit.ts";

describeRule("G306", {
  flagged: {
    "a loop": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
let mean = bars.close;
//  ^^^^^^^^^^^^^^^^^ G306 may be assigned again
  for (const length of [3, 5]) mean = sma(mean, length);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ G306 What a loop makes
return targetPositions(cast(mean, quantity));`,
  },
});

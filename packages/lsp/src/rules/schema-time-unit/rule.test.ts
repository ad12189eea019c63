import { describeRule } from "../rule.test.kit.ts";

describeRule("S208", {
  flagged: {
    "two units in one node": `const ticks = schema("ticks@1", { close: price, sent: unit(f64, "ms") });
---
const bars = stream({ schema: ticks, tags: ["x"], interval: "1s" });
const late = node({
  name: "late",
  inputs: { now: barTime(bars), sent: bars.sent },
  //                                  ^^^^^^^^^ S208 reads seconds and milliseconds
  output: { weight: fraction },
  compute: ({ now, sent }) => ({ weight: now > sent ? 1 : 0 }),
});
return targetWeights(late.weight);`,
  },
});

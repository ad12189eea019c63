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
    "a const that holds milliseconds": `const HOUR = 3_600_000;
---
const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1h" });
const hold = node({
  name: "hold",
  inputs: { time: barTime(bars) },
  output: { weight: fraction },
  compute: ({ time }) => ({ weight: Math.floor(time / HOUR) % 2 }),
  //                                                  ^^^^ S208 counts seconds
});
return targetWeights(hold.weight);`,
  },
});

import { describeRule } from "../rule.test.kit.ts";

describeRule("C404", {
  flagged: {
    "code that waits": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
  compute: async ({ close }) => ({ weight: (await load(close)) ? 1 : 0 }),
  //       ^^^^^ C404 async
  //                                        ^^^^^ C404 await
});
return targetWeights(hold.weight);`,
  },
});

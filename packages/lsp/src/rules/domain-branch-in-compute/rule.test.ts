import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close, run: bars }, output: { weight: fraction },
${compute}
});
return targetWeights(hold.weight);`;

describeRule("D105", {
  flagged: {
    "a switch":
      text(`  compute: ({ run }) => { switch (run.domain) { case "backtest": return { weight: 0 }; default: return { weight: 1 }; } },
  //                              ^^^^^^^^^^ D105`),
    "a condition by its name": text(`  compute: ({ close, isLive }) => ({ weight: isLive ? close : 0 }),
  //                                         ^^^^^^ D105`),
  },
  clean: {
    "a word that means something else": text(
      '  compute: ({ close, side }) => ({ weight: side === "live" ? close : 0 }),',
    ),
    "a variable that is called so": text(
      "  compute: ({ close }) => { const model = close; return { weight: model === 1 ? 1 : 0 }; },",
    ),
  },
});

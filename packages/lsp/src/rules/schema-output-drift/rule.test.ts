import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string, output = "weight: fraction"): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({
  name: "hold",
  inputs: { close: bars.close },
  output: { ${output} },
${compute}
});
return targetWeights(hold.weight);`;

describeRule("S204", {
  flagged: {
    "a return that lacks a column": text(
      `  compute: ({ close }) => {
    if (close > 1) return { weight: 1, up: true };
    return { weight: 0 };
    //     ^^^^^^^^^^^^^ S204 lacks up
  },`,
      "weight: fraction, up: bool",
    ),
    "both branches": text(`  compute: ({ close }) => (close > 1 ? { weight: 1 } : { other: 0 }),
  //                                                     ^^^^^ S204`),
    "a cross section's column": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const best = crossSection({
  name: "best",
  inputs: { close: bars.close },
  output: { weight: fraction },
  compute: ({ close }, out) => {
    for (let i = 0; i < close.length; i++) out.wieght.set(i, 1);
    //                                         ^^^^^^ S204 Did you mean
  },
});
return targetWeights(best.weight);`.replace(" Did you mean", ""),
  },
  clean: {
    "spreads and helpers": text("  compute: ({ close }) => (close > 1 ? { ...{ weight: 1 } } : make(close)),"),
    "what an inner function returns": text(
      "  compute: ({ close }) => { const f = () => { return { other: close }; }; return { weight: f().other }; },",
    ),
  },
  fixed: {
    "by renaming": [
      text("  compute: ({ close: signal }) => ({ signal }),"),
      text("  compute: ({ close: signal }) => ({ weight: signal }),"),
    ],
  },
});

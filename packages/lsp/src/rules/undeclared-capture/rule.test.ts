import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string, above = ""): string => `${above}
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const mean = sma(bars.close, 5);
const hold = node({ name: "hold", inputs: { close: bars.close, mean }, output: { weight: fraction },
${compute}
});
return targetWeights(hold.weight);`;

describeRule("C406", {
  flagged: {
    "a column": text(`  compute: ({ close }) => ({ weight: close > mean ? 1 : 0 }),
  //                                         ^^^^ C406 is a column`),
    "a Map": text(
      `  compute: ({ close }) => ({ weight: sizes.get("x") * close }),
  //                                 ^^^^^ C406 is a Map`,
      'const sizes = new Map([["x", 1]]);',
    ),
    "a list that it fills": text(
      `  compute: ({ close }) => { past.push(close); return { weight: past.length }; },
  //                        ^^^^ C406`,
      "const past = [];",
    ),
    "a global that is not fixed": text(`  compute: ({ close }) => ({ weight: globalThis.size * close }),
  //                                 ^^^^^^^^^^ C406`),
    "text that is run": text(`  compute: ({ close }) => ({ weight: eval("1") * close }),
  //                                 ^^^^ C406`),
  },
  clean: {
    "an input of the same name": text("  compute: ({ mean, close }) => ({ weight: close > mean ? 1 : 0 }),"),
    "a name in a pattern": text(
      "  compute: ({ mean: close }) => { const { mean: other } = { mean: close }; return { weight: other }; },",
    ),
    "a helper with plain data": text(
      "  compute: ({ close }) => ({ weight: clip(close) }),",
      "const BOUND = { low: 0, high: 1 };\nfunction clip(x) { return Math.min(BOUND.high, Math.max(BOUND.low, x)); }",
    ),
  },
});

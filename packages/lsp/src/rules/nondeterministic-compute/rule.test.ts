import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string, above = ""): string => `${above}
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
${compute}
});
return targetWeights(hold.weight);`;

describeRule("C403", {
  flagged: {
    "the environment": text(`  compute: ({ close }) => ({ weight: process.env["SIZE"] ? close : 0 }),
  //                                 ^^^^^^^ C403`),
    "a helper, where it is written": text(
      "  compute: ({ close }) => ({ weight: draw() * close }),",
      `const draw = () => Math.random();
//                 ^^^^^^^^^^^ C403`,
    ),
    "a locale": text(`  compute: ({ close }) => ({ weight: close.toLocaleString() === "1" ? 1 : 0 }),
  //                                       ^^^^^^^^^^^^^^ C403`),
    "chance that Node.js brings": `//- strategies/main.ts
import { randomInt } from "node:crypto";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
export default strategy({
  name: "main",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
      compute: ({ close }) => ({ weight: randomInt(9) > close ? 1 : 0 }),
      //                                 ^^^^^^^^^ C403 randomInt
    });
    return targetWeights(hold.weight);
  },
});`,
  },
  clean: {
    "what no node reaches": text(
      "  compute: ({ close }) => ({ weight: close }),",
      "export const draw = () => Math.random();",
    ),
    "an error class of the author's own": text(
      "  compute: ({ close }) => { if (close < 0) throw new Broken(close); return { weight: close }; },",
      "class Broken extends Error { constructor(close: number) { super(String(close)); } }",
    ),
    "a local of the same name": text(
      "  compute: ({ close }) => { const process = close; return { weight: process }; },",
    ),
  },
});

import { describeRule, filesOf } from "../rule.test.kit.ts";

const text = (compute: string, above = ""): string => `${above}
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
${compute}
});
return targetWeights(hold.weight);`;

const drawn = (compute: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { coin: rng(bars, 1) }, output: { weight: fraction }, compute: ${compute} });
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
  fixed: {
    chance: [
      text("  compute: ({ close }) => ({ weight: Math.random() > 0.5 ? close : 0 }),"),
      text("  compute: ({ close, chance }) => ({ weight: chance > 0.5 ? close : 0 }),").replace(
        "{ close: bars.close }",
        "{ close: bars.close, chance: rng(bars, 1) }",
      ),
    ],
    "chance beside other chance, which has another seed": [
      drawn("({ coin }) => { const other = Math.random(); return { weight: coin > other ? 1 : 0 }; }"),
      drawn("({ coin, chance }) => { const other = chance; return { weight: coin > other ? 1 : 0 }; }").replace(
        "rng(bars, 1)",
        "rng(bars, 1), chance: rng(bars, 2)",
      ),
    ],
    "a number of the environment": [
      `${text("  compute: ({ close }) => ({ weight: Number(process.env.HOLD_SIZE ?? 3) * close }),")}`,
      `//- strategies/example.ts
${filesOf(text("  compute: ({ close, holdSize }) => ({ weight: holdSize * close }),"))
  .get("strategies/example.ts")
  ?.text.replace("{ close: bars.close }", "{ close: bars.close, holdSize: params.holdSize }")
  .replace(
    "  graph({ params }) {",
    "  params: { holdSize: param.int(3, { min: 0, max: 6 }) },\n  graph({ params }) {",
  )}`,
    ],
    "a word of the environment": [
      text(
        '  compute: ({ close }) => ({ weight: (process.env["SIDE"] || "long") === "long" ? close : params.level }),',
      ),
      `//- strategies/example.ts
${filesOf(text('  compute: ({ close, side }) => ({ weight: (side) === "long" ? close : params.level }),'))
  .get("strategies/example.ts")
  ?.text.replace("{ close: bars.close }", "{ close: bars.close, side: params.side }")
  .replace("max: 1 }) }", 'max: 1 }), side: param.choice("long", ["long"]) }')}`,
    ],
    "a locale": [
      text("  compute: ({ close }) => ({ weight: close.toLocaleString() === '1' ? 1 : 0 }),"),
      text("  compute: ({ close }) => ({ weight: close.toString() === '1' ? 1 : 0 }),"),
    ],
  },
});

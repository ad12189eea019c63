import { describeRule } from "../rule.test.kit.ts";

const hold = (compute: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
  compute: ${compute},
});
return targetWeights(hold.weight);`;

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
    "files, through a function": `//- strategies/main.ts
import { readFileSync } from "node:fs";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
const scale = () => Number(readFileSync("scale.txt", "utf8"));
//                         ^^^^^^^^^^^^ C404 readFileSync
export default strategy({
  name: "main",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
      compute: ({ close }) => ({ weight: close * scale() }),
    });
    return targetWeights(hold.weight);
  },
});`,
  },
  clean: {
    "a module of Node.js that only computes": `//- strategies/main.ts
import { posix } from "node:path";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
export default strategy({
  name: "main",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction },
      compute: ({ close }) => ({ weight: close > posix.sep.length ? 1 : 0 }),
    });
    return targetWeights(hold.weight);
  },
});`,
  },
  fixed: {
    "a line of logging": [
      hold(`({ close }) => {
    console.log(close);
    return { weight: close };
  }`),
      hold(`({ close }) => {
    return { weight: close };
  }`),
    ],
    "logging on a condition": [
      hold(`({ close }) => {
    if (close > 9 && close < 10) console.warn("high", close);
    return { weight: close };
  }`),
      hold(`({ close }) => {
    return { weight: close };
  }`),
    ],
    "logging on a condition that does something": [
      hold("({ close }) => { let n = 0; if (n++ > 9) void fetch(close); else n = 2; return { weight: n }; }"),
      hold("({ close }) => { let n = 0; if (n++ > 9) {} else n = 2; return { weight: n }; }"),
    ],
    "code that waits for nothing": [
      hold("async ({ close }) => { const now = await close; return { weight: now }; }"),
      hold("({ close }) => { const now = close; return { weight: now }; }"),
    ],
  },
});

import { describeRule } from "../rule.test.kit.ts";

const main = (first: string, second: string): string => `//- strategies/main.ts
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
import { level, table } from "./shared.ts";
export default strategy({
  name: "main",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const a = node({ name: "a", inputs: { c: bars.close }, output: { w: fraction },
${first}
    });
    const b = node({ name: "b", inputs: { w: a.w }, output: { w: fraction },
${second}
    });
    return targetWeights(b.w);
  },
});
//- strategies/shared.ts
export let level = 1;
export const raise = () => { level = 2; };
export const table = { last: 0 };
`;

describeRule("D103", {
  flagged: {
    "an object that one node writes and another reads": main(
      `      compute: ({ c }) => { table.last = c; return { w: c }; },
      //                    ^^^^^ D103 "a" and "b" share it`,
      `      compute: ({ w }) => ({ w: w + table.last }),
      //                            ^^^^^ D103`,
    ),
    "a variable that its own file assigns again": main(
      `      compute: ({ c }) => ({ w: c * level }),
      //                            ^^^^^ D103`,
      `      compute: ({ w }) => ({ w: w + level }),
      //                            ^^^^^ D103`,
    ),
  },
  clean: {
    "an object that nobody writes": main(
      "      compute: ({ c }) => ({ w: c * table.last }),",
      "      compute: ({ w }) => ({ w: w + table.last }),",
    ),
  },
  fixed: {
    "a variable that only these nodes know": [
      `const LEVEL = 1;
let seen = 0;
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({
  name: "a",
  inputs: { close: bars.close },
  output: { seen: f64 },
  compute: ({ close }) => {
    if (close > LEVEL) seen += close;
    return { seen };
  },
});
const b = node({ name: "b", inputs: { x: a.seen }, output: { weight: fraction }, compute: () => ({ weight: seen }) });
return targetWeights(b.weight);`,
      `const LEVEL = 1;
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({
  name: "a",
  inputs: { close: bars.close },
  output: { seen: f64 },
  state: () => ({ seen: 0 }),
  compute: ({ close }, state) => {
    if (close > LEVEL) state.seen += close;
    return { seen: state.seen };
  },
});
const b = node({ name: "b", inputs: { x: a.seen }, output: { weight: fraction }, state: () => ({ seen: 0 }), compute: (_inputs, state) => ({ weight: state.seen }) });
return targetWeights(b.weight);`,
    ],
  },
});

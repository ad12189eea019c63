import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { recent: window(bars.close, 5), bars, close: bars.close }, output: { weight: fraction }, state: () => ({ n: 0, list: [] }),
${compute}
});
return targetWeights(hold.weight);`;

describeRule("C405", {
  flagged: {
    "a write into a panel": text(`  compute: ({ bars }) => { bars.close = 1; return { weight: 0 }; },
  //                       ^^^^^^^^^^ C405`),
    "a write into the inputs": text(`  compute: (inputs) => { inputs.close++; return { weight: 0 }; },
  //                     ^^^^^^^^^^^^ C405`),
    "a write through another name":
      text(`  compute: ({ recent }) => { const view = recent; view[0] = 1; return { weight: 0 }; },
  //                                              ^^^^^^^ C405`),
  },
  clean: {
    "state, locals and copies": text(
      "  compute: ({ recent, close }, state) => { state.n = close; state.list.push(close); let x = close; x += 1; const own = recent.copy(); own[0] = x; own.sort(); return { weight: x }; },",
    ),
  },
  fixed: {
    "by a copy": [
      text("  compute: ({ recent }) => ({ weight: recent.sort()[0] }),"),
      text("  compute: ({ recent }) => ({ weight: recent.copy().sort()[0] }),"),
    ],
  },
});

import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { recent: window(bars.close, 5), frame: window(bars, 3) }, output: { weight: fraction }, state: () => ({ w: null, f: null, list: [] }),
${compute}
});
return targetWeights(hold.weight);`;

describeRule("C407", {
  flagged: {
    state: text(`  compute: ({ recent }, state) => { state.w = recent; return { weight: 0 }; },
  //                                          ^^^^^^ C407`),
    "a part of an object in state":
      text(`  compute: ({ frame }, state) => { state.w = { high: frame.high }; return { weight: 0 }; },
  //                                                 ^^^^^^^^^^ C407`),
    "what is returned": text(`  compute: ({ recent }) => ({ weight: recent }),
  //                                  ^^^^^^ C407 is returned`),
    "a function in state":
      text(`  compute: ({ recent }, state) => { state.f = () => recent.newest; return { weight: 0 }; },
  //                                                ^^^^^^ C407`),
  },
  clean: {
    "numbers of it, locals and helpers": text(
      "  compute: ({ recent, frame }, state) => { state.w = recent.newest; const local = []; local.push(recent); const view = frame; return { weight: mean(recent) + view.high.at(-1) }; },",
    ),
  },
  fixed: {
    "by a copy": [
      text("  compute: ({ recent }, state) => { state.w = recent; return { weight: 0 }; },"),
      text("  compute: ({ recent }, state) => { state.w = recent.copy(); return { weight: 0 }; },"),
    ],
  },
});

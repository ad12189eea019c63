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
  fixed: {
    "a param": [
      text("  compute: ({ close }) => ({ weight: close > params.level ? params.level : 0 }),"),
      text("  compute: ({ close, level }) => ({ weight: close > level ? level : 0 }),")
        .replace("close, mean }", "close, mean, level: params.level }")
        .replace("const mean", "void params.level; const mean")
        .replace("void params.level; ", ""),
    ],
    "a column that is an input, and not taken": [
      text("  compute: ({ close }) => ({ weight: close > mean ? 1 : 0 }),"),
      text("  compute: ({ close, mean }) => ({ weight: close > mean ? 1 : 0 }),"),
    ],
    "a column, where inputs have one name": [
      text("  compute: (given) => ({ weight: given.close > high ? high : 0 }),").replace(
        "const mean",
        "const high = bars.high;\nconst mean",
      ),
      text("  compute: (given) => ({ weight: given.close > given.high ? given.high : 0 }),")
        .replace("const mean", "const high = bars.high;\nconst mean")
        .replace("close, mean }", "close, mean, high }"),
    ],
    "a whole panel": [
      text("  compute: ({ close }) => ({ weight: close > bars.open ? 1 : 0 }),"),
      text("  compute: ({ close, bars }) => ({ weight: close > bars.open ? 1 : 0 }),").replace(
        "close, mean }",
        "close, mean, bars }",
      ),
    ],
    "a count that one node keeps": [
      text(
        "  compute: ({ close }) => { count++; return { weight: count * close }; },",
        "const unit = 1;\nlet count = 0;",
      ),
      text(
        "  state: () => ({ count: 0 }),\n  compute: ({ close }, state) => { state.count++; return { weight: state.count * close }; },",
        "const unit = 1;",
      ),
    ],
    "a variable that is settled at the top": [
      text("  compute: ({ close }) => ({ weight: close > limit ? 1 : 0 }),", "let limit: number;\nlimit = 4;"),
      text("  compute: ({ close }) => ({ weight: close > limit ? 1 : 0 }),", "const limit: number = 4;"),
    ],
    "a Set that is only asked": [
      text("  compute: ({ close }) => ({ weight: odd.has(close) ? 1 : 0 }),", "const odd = new Set([1, 3]);"),
      text("  compute: ({ close }) => ({ weight: odd.includes(close) ? 1 : 0 }),", "const odd = [1, 3];"),
    ],
    "a Map that is only read": [
      text(
        '  compute: ({ close }) => ({ weight: sizes.get("x") * close }),',
        'const sizes = new Map([["x", 1], ["y", 2]]);',
      ),
      text('  compute: ({ close }) => ({ weight: sizes["x"] * close }),', 'const sizes = { "x": 1, "y": 2 };'),
    ],
  },
});

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
  fixed: {
    "a choice": [
      text('  compute: ({ close, mode }) => ({ weight: (mode === "live") ? close / 2 : close }),'),
      text("  compute: ({ close, mode }) => ({ weight: close }),"),
    ],
    "a choice the other way round": [
      text('  compute: ({ close, mode }) => ({ weight: "replay" !== mode ? close / 2 : close }),'),
      text("  compute: ({ close, mode }) => ({ weight: close }),"),
    ],
    "a condition among others": [
      text('  compute: ({ close, mode }) => ({ weight: mode === "paper" && close > 1 ? 0 : close }),'),
      text("  compute: ({ close, mode }) => ({ weight: false && close > 1 ? 0 : close }),"),
    ],
    "one side of an if": [
      text(
        "  compute: ({ close, isBacktest }) => { if (isBacktest) { return { weight: close }; } return { weight: 0 }; },",
      ),
      text("  compute: ({ close, isBacktest }) => { { return { weight: close }; } return { weight: 0 }; },"),
    ],
    "a choice of two results": [
      text('  compute: ({ close, mode }) => mode === "live" ? { weight: 0 } : { weight: close },'),
      text("  compute: ({ close, mode }) => ({ weight: close }),"),
    ],
    "an if that only does something live": [
      text("  compute: ({ close, isLive }) => { let w = close; if (isLive) w /= 2; return { weight: w }; },"),
      text("  compute: ({ close, isLive }) => { let w = close;  return { weight: w }; },"),
    ],
    "a switch": [
      text(
        '  compute: ({ close, mode }) => { let w = 1; switch (mode) { case "live": w = 2; break; case "backtest": w = close; break; default: w = 3; } return { weight: w }; },',
      ),
      text("  compute: ({ close, mode }) => { let w = 1; { w = close; } return { weight: w }; },"),
    ],
    "a switch by its default": [
      text(
        '  compute: ({ close, mode }) => { switch (mode) { case "live": return { weight: 2 }; default: return { weight: close }; } },',
      ),
      text("  compute: ({ close, mode }) => { { return { weight: close }; } },"),
    ],
  },
});

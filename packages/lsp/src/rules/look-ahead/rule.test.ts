import { describeRule } from "../rule.test.kit.ts";

const text = (compute: string, above = ""): string => `${above}
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { recent: window(bars.close, 5), time: barTime(bars) }, output: { weight: fraction },
${compute}
});
return targetWeights(hold.weight);`;

const DATES = 'const TOPS = { "2020-02-19": 1, "2020-09-02": 1, "2022-01-03": 1 };';

describeRule("C401", {
  flagged: {
    "no bar at all": text(`  compute: ({ recent }) => ({ weight: recent.at(0) }),
  //                                            ^ C401 no bar of a window`),
    "a loop that counts up":
      text(`  compute: ({ recent }) => { let s = 0; for (let i = 0; i < recent.length; i++) s += recent.at(i); return { weight: s }; },
  //                                                                                           ^ C401 counts up`),
    "a negative lag": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(lag(bars.close, -2), quantity));
//                                          ^^ C401 looks 2 bars ahead`,
    "a table of what came later": text(
      `  compute: ({ time }) => { const day = String(time); return { weight: TOPS[day] ?? 0 }; },
  //                                                                  ^^^^^^^^^ C401 TOPS is a table by date`,
      DATES,
    ),
  },
  clean: {
    "a loop that counts back": text(
      "  compute: ({ recent }) => { let s = 0; for (let i = -1; i >= -recent.length; i--) s += recent.at(i); return { weight: s }; },",
    ),
    arrays: text("  compute: ({ recent }) => { const own = recent.copy(); return { weight: own.at(0) }; },"),
    "a table of weekdays": text(
      "  compute: ({ time }) => ({ weight: SIZES[Math.floor(time / 86400) % 7] ?? 0 }),",
      "const SIZES = [0, 1, 1, 1, 1, 1, 0];",
    ),
    "a table by date that no time reads": text(
      '  compute: ({ recent }) => ({ weight: recent.newest > TOPS["2020-02-19"] ? 1 : 0 }),',
      DATES,
    ),
  },
  fixed: {
    "by counting back": [
      text("  compute: ({ recent }) => ({ weight: recent.at(2) }),"),
      text("  compute: ({ recent }) => ({ weight: recent.at(-2) }),"),
    ],
  },
});

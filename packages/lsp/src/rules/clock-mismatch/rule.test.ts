import { describeRule } from "../rule.test.kit.ts";

const held = (inputs: string, compute: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const held = node({ name: "held", inputs: ${inputs}, output: { weight: fraction }, compute: ${compute} });
return targetWeights(held.weight);`;

describeRule("D107", {
  flagged: {
    "each reading of the clock, beside dates that are given": `const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const held = node({
  name: "held",
  inputs: { time: barTime(bars) },
  output: { weight: fraction },
  compute: ({ time }) => ({ weight: new Date(time * 1000) > new Date() || Date.now() > time ? 1 : 0 }),
  //                                                            ^^^^ D107
  //                                                                      ^^^^ D107
});
return targetWeights(held.weight);`,
    "the top of the file": `const started = Date.now();
//              ^^^^^^^^ D107
const born = new Date();
//           ^^^^^^^^^^ D107
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`,
  },
  clean: {
    "the weekday of a bar": `const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const held = node({
  name: "held",
  inputs: { time: barTime(bars) },
  output: { weight: fraction },
  compute: ({ time }) => ({ weight: new Date(time * 1000).getUTCDay() === 1 && time > Date.UTC(2001, 0) / 1000 ? 1 : 0 }),
});
return targetWeights(held.weight);`,
    "a date that is written": `const from = new Date("2020-01-01");
const later = () => Date.now();
---
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
return targetPositions(cast(bars.close, quantity));`,
  },
  fixed: {
    "Date.now() of a node": [
      held("{ close: bars.close }", "({ close }) => ({ weight: Date.now() % 2 === 0 ? close : 0 })"),
      held(
        "{ close: bars.close, time: barTime(bars) }",
        "({ close, time }) => ({ weight: time * 1000 % 2 === 0 ? close : 0 })",
      ),
    ],
    seconds: [
      held("{ close: bars.close }", "(given) => ({ weight: Math.floor(Date.now() / 1000) > given.close ? 1 : 0 })"),
      held(
        "{ close: bars.close, time: barTime(bars) }",
        "(given) => ({ weight: Math.floor(given.time) > given.close ? 1 : 0 })",
      ),
    ],
    "a date, by an input that is there": [
      held("{ close: sma(bars.close, 5), at: barTime(bars) }", "({ at: end }) => ({ weight: new Date().getUTCDay() })"),
      held(
        "{ close: sma(bars.close, 5), at: barTime(bars) }",
        "({ at: end }) => ({ weight: new Date(end * 1000).getUTCDay() })",
      ),
    ],
    "a stop watch, where time is taken": [
      held("{ close: window(bars.close, 3) }", "({ close: time }) => ({ weight: 2 * performance.now() })"),
      held(
        "{ close: window(bars.close, 3), time2: barTime(bars) }",
        "({ close: time, time2 }) => ({ weight: 2 * (time2 * 1000) })",
      ),
    ],
    "a node without a parameter": [
      held("{ close: bars.close }", "() => ({ weight: -Date.now() })"),
      held("{ close: bars.close, time: barTime(bars) }", "({ time }) => ({ weight: -(time * 1000) })"),
    ],
    "what is not imported yet": [
      `//- strategies/example.ts
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
export default strategy({
  name: "example",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const held = node({
      name: "held",
      inputs: {
        close: bars.close,
      },
      output: { weight: fraction },
      compute: ({ close }) => ({ weight: close > Date.now() ? 1 : 0 }),
    });
    return targetWeights(held.weight);
  },
});`,
      `//- strategies/example.ts
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights, barTime } from "@qmtl/core/strategy";
export default strategy({
  name: "example",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
    const held = node({
      name: "held",
      inputs: {
        close: bars.close,
        time: barTime(bars),
      },
      output: { weight: fraction },
      compute: ({ close, time }) => ({ weight: close > time * 1000 ? 1 : 0 }),
    });
    return targetWeights(held.weight);
  },
});`,
    ],
  },
});

import { describeRule } from "../rule.test.kit.ts";

describeRule("D102", {
  flagged: {
    "a reader that names live": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({ name: "a", inputs: { c: bars.close }, output: { x: f64 }, domains: ["backtest"], compute: ({ c }) => ({ x: c }) });
const b = node({
  name: "b",
  inputs: { a },
  //        ^ D102
  output: { weight: fraction },
  domains: ["backtest", "live"],
  compute: ({ a }) => ({ weight: a.x }),
});
return targetWeights(b.weight);`,
  },
  clean: {
    "a narrower reader": `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({ name: "a", inputs: { c: bars.close }, output: { x: f64 }, domains: ["backtest", "live"], compute: ({ c }) => ({ x: c }) });
const b = node({ name: "b", inputs: { a }, output: { weight: fraction }, compute: ({ a }) => ({ weight: a.x }) });
return targetWeights(b.weight);`,
  },
  fixed: {
    "the node that is read": [
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({ name: "a", inputs: { c: bars.close }, output: { x: f64 }, domains: ["backtest", "dryrun"], compute: ({ c }) => ({ x: c }) });
const b = node({ name: "b", inputs: { a }, output: { weight: fraction }, compute: ({ a }) => ({ weight: a.x }) });
return targetWeights(b.weight);`,
      `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const a = node({ name: "a", inputs: { c: bars.close }, output: { x: f64 }, domains: ["backtest", "dryrun", "live"], compute: ({ c }) => ({ x: c }) });
const b = node({ name: "b", inputs: { a }, output: { weight: fraction }, compute: ({ a }) => ({ weight: a.x }) });
return targetWeights(b.weight);`,
    ],
  },
});

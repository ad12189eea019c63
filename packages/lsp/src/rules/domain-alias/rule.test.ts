import { describeRule } from "../rule.test.kit.ts";

const text = (domains: string): string => `
const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
const hold = node({ name: "hold", inputs: { close: bars.close }, output: { weight: fraction }, domains: ${domains}, compute: ({ close }) => ({ weight: close }) });
return targetWeights(hold.weight);`;

describeRule("D110", {
  fixed: {
    "an alias": [text('["backtest", "prod"]'), text('["backtest", "live"]')],
    "a slip": [text('["bactest", "live"]'), text('["backtest", "live"]')],
  },
});

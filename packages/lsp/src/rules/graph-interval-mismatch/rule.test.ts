import { describeRule } from "../rule.test.kit.ts";

const text = (fast: string): string => `
const daily = stream({ schema: ohlcv, tags: ["crypto"], interval: "1d" });
const hourly = stream({ schema: ohlcv, tags: ["crypto"], interval: "1h" });
const hold = node({ name: "hold", inputs: { slow: daily.close, fast: ${fast} }, output: { weight: fraction }, compute: ({ slow, fast }) => ({ weight: fast > slow ? 1 : 0 }) });
return targetWeights(hold.weight);`;

describeRule("G304", {
  flagged: {
    "a decision over two clocks": `
const daily = pick(stream({ schema: ohlcv, tags: ["crypto"], interval: "1d" }), "BTC");
const hourly = pick(stream({ schema: ohlcv, tags: ["crypto"], interval: "1h" }), "ETH");
const a = cast(daily.close, fraction);
const b = cast(hourly.close, fraction);
return targetWeights({ BTC: a, ETH: b });
//                                  ^ G304 targetWeights() joins 1d with 1h`,
  },
  fixed: { "by resampling": [text("hourly.close"), text('resample(hourly.close, "1d")')] },
});

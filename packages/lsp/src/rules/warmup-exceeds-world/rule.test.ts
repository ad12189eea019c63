import { describeRule } from "../rule.test.kit.ts";

const slow = (window: string) => `//- worlds/example.yml
id: example
as_of: 2020-04-17
account: { equity: 1000, currency: USD }
data: { presets: [{ id: d, preset: x.y, interval: 1d, calendar: XNYS, universe: { symbols: [{ id: A, currency: USD, tags: [us] }] }, window: { ${window} } }] }
brokerage: { fee: { none: {} }, slippage: { none: {} } }
policy: { preset: moderate }
allocator: { use: equal }
//- strategies/slow.ts
import { sma } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { cast, strategy, stream, targetPositions } from "@qmtl/core/strategy";
export default strategy({
  name: "slow",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["us"], interval: "1d" });
    return targetPositions(cast(sma(bars.close, 200), quantity));
  },
});
`;

describeRule("W502", {
  fixed: {
    "a short warm-up": [slow("warmup_bars: 100"), slow("warmup_bars: 199")],
    "a short history": [slow("min_history: 100"), slow("min_history: 199")],
  },
});

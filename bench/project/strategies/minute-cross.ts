import { sma } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";

/** Long while the fast mean is above the slow one and the last 20 closes rose. */
export default strategy({
  name: "minute-cross",
  params: { fast: param.int(10, { min: 2, max: 200 }), slow: param.int(30, { min: 3, max: 400 }) },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    const fast = sma(bars.close, params.fast);
    const slow = sma(bars.close, params.slow);
    const trend = node({
      name: "trend",
      inputs: { fast, slow, recent: window(bars.close, 20) },
      output: { weight: fraction },
      compute: ({ fast, slow, recent }) => ({ weight: fast > slow && recent.newest > recent.oldest ? 1 : 0 }),
    });
    return targetWeights(trend.weight);
  },
});

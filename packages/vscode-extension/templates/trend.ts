import { sma } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, strategy, stream, targetWeights } from "@qmtl/core/strategy";

/** Holds the index while its fast mean is above its slow one. */
export default strategy({
  name: "trend",
  params: { fast: param.int(20, { min: 2, max: 100 }), slow: param.int(120, { min: 20, max: 300 }) },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const fast = sma(bars.close, params.fast);
    const slow = sma(bars.close, params.slow);
    const held = node({
      name: "held",
      inputs: { fast, slow },
      output: { weight: fraction },
      compute: ({ fast, slow }) => ({ weight: fast > slow ? 1 : 0 }),
    });
    return targetWeights(held.weight);
  },
});

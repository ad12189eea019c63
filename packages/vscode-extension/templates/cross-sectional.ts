import { cross, lag, returns } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, strategy, stream, targetWeights } from "@qmtl/core/strategy";

const MONTH = 21;

/** Ranks the shares by what they returned in the past months, the last one left out, and holds the best with equal weights. */
export default strategy({
  name: "cross-sectional",
  params: { count: param.int(2, { min: 1, max: 20 }), months: param.int(6, { min: 2, max: 12 }) },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-large-cap"], interval: "1d" });
    const momentum = returns(lag(bars.close, MONTH), params.months * MONTH);
    const book = node({
      name: "book",
      inputs: { isStrong: cross.top(momentum, params.count), count: params.count },
      output: { weight: fraction },
      compute: ({ isStrong, count }) => ({ weight: isStrong ? 1 / count : 0 }),
    });
    return targetWeights(book.weight);
  },
});

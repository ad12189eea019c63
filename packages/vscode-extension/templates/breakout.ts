import { atr, highest, lag, lowest } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, strategy, stream, targetWeights } from "@qmtl/core/strategy";

/** Enters above the highest high of past bars, leaves below the lowest low of a shorter past; smaller while the market is wild. */
export default strategy({
  name: "breakout",
  params: {
    entry: param.int(50, { min: 10, max: 250 }),
    exit: param.int(20, { min: 5, max: 100 }),
    risk: param.float(0.01, { min: 0.001, max: 0.05 }),
  },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    // Of the bars before this one: a bar can't break out above itself.
    const roof = lag(highest(bars.high, params.entry), 1);
    const floor = lag(lowest(bars.low, params.exit), 1);
    const position = node({
      name: "position",
      inputs: { close: bars.close, range: atr(bars, 12), roof, floor, risk: params.risk },
      output: { weight: fraction },
      state: () => ({ weight: 0 }),
      compute: ({ close, range, roof, floor, risk }, state) => {
        if (close > roof && state.weight === 0) state.weight = Math.min(1, (risk * close) / range);
        else if (close < floor) state.weight = 0;
        return { weight: state.weight };
      },
    });
    return targetWeights(position.weight);
  },
});

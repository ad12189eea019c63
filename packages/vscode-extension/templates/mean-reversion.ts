import { atr, rsi, sma } from "@qmtl/core/indicators";
import { bool, ohlcv, price } from "@qmtl/core/schema";
import { type Decision, node, orders, param, strategy, stream } from "@qmtl/core/strategy";

/** Buys a dip while the long trend is up; leaves on strength, at the stop, or after ten bars. */
export default strategy({
  name: "mean-reversion",
  params: {
    oversold: param.float(15, { min: 1, max: 40 }),
    risk: param.float(3, { min: 0.5, max: 8, step: 0.5 }),
  },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const signal = node({
      name: "signal",
      inputs: {
        close: bars.close,
        strength: rsi(bars.close, 2),
        trend: sma(bars.close, 200),
        range: atr(bars, 12),
        oversold: params.oversold,
        risk: params.risk,
      },
      output: { enter: bool, exit: bool, stop: price },
      compute: ({ close, strength, trend, range, oversold, risk }) => ({
        enter: strength < oversold && close > trend,
        exit: strength > 65,
        stop: close - risk * range,
      }),
    });
    return orders({
      long: { enter: signal.enter, exit: signal.exit, size: 0.5, stop: signal.stop, expire: 10 },
    });
  },
});

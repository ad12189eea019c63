import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";

/** Goes with the last move while the moves of a window go on in the same direction, by their autocorrelation over some lags. */
export default strategy({
  name: "minute-memory",
  params: { length: param.int(60, { min: 20, max: 200 }), lags: param.int(8, { min: 1, max: 16 }) },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    const memory = node({
      name: "memory",
      inputs: { recent: window(bars.close, params.length), length: params.length, lags: params.lags },
      output: { weight: fraction },
      compute({ recent, length, lags }) {
        let variance = 0;
        let covariance = 0;
        for (let ago = 0; ago < length - 1 - lags; ago++) {
          const move = recent.at(-1 - ago) - recent.at(-2 - ago);
          variance += move * move;
          for (let lag = 1; lag <= lags; lag++) {
            const earlier = ago + lag;
            covariance += move * (recent.at(-1 - earlier) - recent.at(-2 - earlier));
          }
        }
        return { weight: covariance > variance && recent.newest > recent.at(-2) ? 1 : 0 };
      },
    });
    return targetWeights(memory.weight);
  },
});

import { zscore } from "@qmtl/core/indicators";
import { f64, fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, param, pick, strategy, stream, targetWeights } from "@qmtl/core/strategy";

/** Sells the richer of two shares and buys the cheaper one when their ratio is far from its mean; leaves when it is back. */
export default strategy({
  name: "pairs",
  params: {
    lookback: param.int(60, { min: 20, max: 250 }),
    entry: param.float(2, { min: 1, max: 4 }),
    exit: param.float(0.5, { min: 0, max: 2 }),
  },
  graph({ params }): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-large-cap"], interval: "1d" });
    const first = pick(bars, "KO");
    const second = pick(bars, "PEP");
    const ratio = node({
      name: "ratio",
      inputs: { first: first.close, second: second.close },
      output: { log: f64 },
      compute: ({ first, second }) => ({ log: Math.log(first / second) }),
    });
    const legs = node({
      name: "legs",
      inputs: { distance: zscore(ratio.log, params.lookback), entry: params.entry, exit: params.exit },
      output: { first: fraction, second: fraction },
      state: () => ({ side: 0 }),
      compute: ({ distance, entry, exit }, state) => {
        if (Math.abs(distance) > entry) state.side = -Math.sign(distance);
        else if (Math.abs(distance) < exit) state.side = 0;
        return { first: state.side / 2, second: -state.side / 2 };
      },
    });
    return targetWeights({ KO: legs.first, PEP: legs.second });
  },
});

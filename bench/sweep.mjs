// A sweep of 10 x 20 moving-average pairs over 50,000 bars, side by side through the public API, against the same pairs fused by hand:
// `node bench/sweep.mjs` prints the ratio of CPU times as JSON.
import { createJointReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { param, strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { compare } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { fusedSmaCross, series } from "./reference-task.mjs";

const BARS = 50_000;
const pairs = Array.from({ length: 10 }, (_, i) => 5 + 5 * i).flatMap((fast) =>
  Array.from({ length: 20 }, (_, k) => ({ fast, slow: 60 + 10 * k })),
);
const cross = strategy({
  name: "sweep-cross",
  params: { fast: param.int(5, { min: 1, max: 500 }), slow: param.int(60, { min: 1, max: 500 }) },
  graph({ params }) {
    const { close } = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    return targetPositions(when(above(sma(close, params.fast), sma(close, params.slow)), 1, 0, quantity));
  },
});
const bars = series(BARS);
const panel = panelOf(bars);
const built = pairs.map((params) => inspectStrategy(cross, { params, runId: "bench" }));
const job = jobOf(built[0], panel);

let nodes = 0;
const { us, them, ratio } = compare(
  () => {
    const replay = createJointReplay(built, job);
    replay.run();
    nodes = replay.counters().nodes;
    return replay.outcomes();
  },
  () => pairs.map((pair) => fusedSmaCross(bars, pair)),
  { warmUp: 5, turns: 3, rounds: 4 },
);
us.value.forEach(({ result }, k) => {
  const { entries, finalEquity } = them.value[k];
  if (result.counters.entries !== entries || result.finalEquity !== finalEquity)
    throw new Error(`The pair ${JSON.stringify(pairs[k])} differs from the hand-made loop`);
});
console.log(JSON.stringify({ combinations: pairs.length, bars: BARS, nodes, ms: us.ms, fused_ms: them.ms, ratio }));

// A sweep of 10 x 20 moving-average pairs over 50,000 bars, side by side through the public API, against the same pairs fused by hand:
// `node bench/sweep.mjs` prints the ratio of CPU times as JSON.
import { createJointReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { param, strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { cpu, median } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { fusedSmaCross, series } from "./reference-task.mjs";

const BARS = 50_000;
const WARM_UP = 5;
const ROUNDS = 11;
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

const ours = [];
const theirs = [];
let outcomes = [];
let fused = [];
let nodes = 0;
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  const hand = cpu(() => pairs.map((pair) => fusedSmaCross(bars, pair)));
  const mine = cpu(() => {
    const replay = createJointReplay(built, job);
    replay.run();
    nodes = replay.counters().nodes;
    return replay.outcomes();
  });
  fused = hand.value;
  outcomes = mine.value;
  if (round < WARM_UP) continue;
  theirs.push(hand.ms);
  ours.push(mine.ms);
}
outcomes.forEach(({ result }, k) => {
  if (result.counters.entries !== fused[k].entries || result.finalEquity !== fused[k].finalEquity)
    throw new Error(`The pair ${JSON.stringify(pairs[k])} differs from the hand-made loop`);
});
console.log(
  JSON.stringify({
    combinations: pairs.length,
    bars: BARS,
    nodes,
    ms: median(ours),
    fused_ms: median(theirs),
    ratio: Math.round((median(ours) / median(theirs)) * 1000) / 1000,
  }),
);

// The reference task over 10,000,000 bars: `node --expose-gc bench/ten-million.mjs` prints its time over that of the fused loop, and the
// memory that the run holds beyond its source, per bar. With `tick`, over 1,000,000 bars on a grid of 0.01 that is declared: its entries.
import { createReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { cpu, median } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { fusedSmaCross, series } from "./reference-task.mjs";

const tick = process.argv[2] === "tick" ? 0.01 : 0;
const BARS = tick > 0 ? 1_000_000 : 10_000_000;
const ROUNDS = 3;

const kernels = strategy({
  name: "reference-kernels",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    return targetPositions(when(above(sma(bars.close, 10), sma(bars.close, 30)), 1, 0, quantity));
  },
});
const built = inspectStrategy(kernels, { runId: "bench" });
const bars = series(BARS, { tick });
const panel = panelOf(bars);
if (tick > 0) panel.series[0].tick = tick;
const used = () => {
  // Array buffers are given back beside the program: the second call waits for what the first one found.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().arrayBuffers;
};

const ours = [];
const theirs = [];
let fused;
let replay;
let outcome;
let held = 0;
for (let round = 0; round < 1 + ROUNDS; round++) {
  fused = cpu(() => fusedSmaCross(bars));
  fused.value.equity = undefined;
  // Those of the round before still hold its fills.
  replay = undefined;
  outcome = undefined;
  const before = used();
  const mine = cpu(() => {
    replay = createReplay(built, jobOf(built, panel));
    replay.advance(Number.POSITIVE_INFINITY);
    outcome = replay.outcome().result;
  });
  held = used() - before;
  if (round === 0) continue;
  theirs.push(fused.ms);
  ours.push(mine.ms);
}
console.log(
  JSON.stringify({
    bars: BARS,
    ms: median(ours),
    fused_ms: median(theirs),
    ratio: Math.round((median(ours) / median(theirs)) * 1000) / 1000,
    bytes_per_bar: Math.round((held / BARS) * 1000) / 1000,
    entries: outcome.counters.entries,
    fused_entries: fused.value.entries,
    equity: outcome.finalEquity,
    fused_equity: fused.value.finalEquity,
  }),
);

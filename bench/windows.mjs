// User-written window nodes: `node bench/windows.mjs` prints millions of 30-bar windows per second of CPU, each of which the author's
// function reads in full.
import { createReplay, inspectStrategy } from "@qmtl/core";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { node, strategy, stream, targetPositions, window } from "@qmtl/core/strategy";
import { cpu, median } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { series } from "./reference-task.mjs";

const BARS = 1_000_000;
const mean = strategy({
  name: "bench-window",
  graph() {
    const { close } = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    const held = node({
      name: "held",
      inputs: { recent: window(close, 30) },
      output: { units: quantity },
      compute: ({ recent }) => {
        let sum = 0;
        for (let back = 1; back <= 30; back++) sum += recent.at(-back);
        return { units: recent.newest > sum / 30 ? 1 : 0 };
      },
    });
    return targetPositions(held.units);
  },
});
const built = inspectStrategy(mean, { runId: "bench" });
const job = jobOf(built, panelOf(series(BARS)));
const rounds = [];
for (let round = 0; round < 10; round++) {
  const { ms } = cpu(() => {
    const replay = createReplay(built, job);
    replay.advance(Number.POSITIVE_INFINITY);
    return replay.outcome();
  });
  if (round >= 3) rounds.push(ms);
}
console.log(
  JSON.stringify({ bars: BARS, ms: median(rounds), mwps: Math.round((BARS / median(rounds)) * 1e-3 * 100) / 100 }),
);

// One changed parameter among 100 strategies on 100,000 bars: `node bench/incremental.mjs` prints as JSON how many nodes are computed again
// and in how many CPU milliseconds, the changed strategy's account included.
import { createWorkbench, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { param, strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { cpu, median } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { series } from "./reference-task.mjs";

const BARS = 100_000;
const cross = strategy({
  name: "bench-cross",
  params: { fast: param.int(5, { min: 1, max: 500 }), slow: param.int(60, { min: 1, max: 500 }) },
  graph({ params }) {
    const { close } = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    return targetPositions(when(above(sma(close, params.fast), sma(close, params.slow)), 1, 0, quantity));
  },
});
const at = (params) => inspectStrategy(cross, { params, runId: "bench" });
const strategies = Array.from({ length: 10 }, (_, i) => 5 + i).flatMap((fast) =>
  Array.from({ length: 10 }, (_, k) => at({ fast, slow: 60 + 10 * k })),
);
const job = jobOf(strategies[0], panelOf(series(BARS)));
const workbench = createWorkbench(job);
const all = cpu(() => workbench.run(strategies));
const computed = workbench.counters.computed;
const rounds = [];
let nodes = 0;
for (let round = 0; round < 15; round++) {
  // A value that was never tried: the average over it, the comparison and the target are new.
  const changed = at({ fast: 200 + round, slow: 60 });
  const { ms } = cpu(() => workbench.run([changed]));
  nodes = workbench.counters.computed;
  if (round >= 4) rounds.push(ms);
}
console.log(
  JSON.stringify({ strategies: 100, bars: BARS, all_nodes: computed, all_ms: all.ms, nodes, ms: median(rounds) }),
);

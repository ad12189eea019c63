// One ratio to the fused loop: `node bench/ratio.mjs batch|bar_by_bar|user_node` prints it as JSON.
import { createReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { node, strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { compare } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { fusedSmaCross, series } from "./reference-task.mjs";

const BARS = 1_000_000;

const kernels = strategy({
  name: "reference-kernels",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    return targetPositions(when(above(sma(bars.close, 10), sma(bars.close, 30)), 1, 0, quantity));
  },
});
const userNode = strategy({
  name: "reference-user-node",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    const target = node({
      name: "target",
      inputs: { fast: sma(bars.close, 10), slow: sma(bars.close, 30) },
      output: { units: quantity },
      compute: ({ fast, slow }) => ({ units: fast > slow ? 1 : 0 }),
    });
    return targetPositions(target.units);
  },
});

const bars = series(BARS);
const panel = panelOf(bars);

/** The whole task through the public API, in one step or stamp by stamp. */
function replay(of, stepwise) {
  const built = inspectStrategy(of, { runId: "bench" });
  const run = createReplay(built, jobOf(built, panel));
  if (stepwise) while (run.next());
  else run.advance(Number.POSITIVE_INFINITY);
  return run.outcome();
}

const TASKS = {
  batch: () => replay(kernels, false),
  bar_by_bar: () => replay(kernels, true),
  user_node: () => replay(userNode, false),
};
const key = process.argv[2];
const task = TASKS[key];
if (task === undefined) {
  console.error(`There is no ratio ${key}: name one of ${Object.keys(TASKS).join(", ")}.`);
  process.exit(2);
}

const { us, them, ratio } = compare(task, () => fusedSmaCross(bars), { warmUp: 10, turns: 3, rounds: 5 });
const { result } = us.value;
console.log(
  JSON.stringify({
    bars: BARS,
    ms: us.ms,
    fused_ms: them.ms,
    ratio,
    entries: result.counters.entries,
    equity: result.equity[result.equity.length - 1],
    fused_entries: them.value.entries,
    fused_equity: them.value.finalEquity,
  }),
);

// Memory of a replay beyond its source, per live column and bar. Live columns: the decision's, and the three curves that the account
// keeps (times, equity, exposure). Everything else may hold one window of rows. Trades are objects and grow with their number, not with
// the bars: they do not count. Run with --expose-gc.
import { createReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { jobOf, panelOf } from "./reference-job.mjs";
import { series } from "./reference-task.mjs";

const BARS = 1_000_000;
const LIVE_COLUMNS = 4;

const reference = strategy({
  name: "reference-kernels",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    return targetPositions(when(above(sma(bars.close, 10), sma(bars.close, 30)), 1, 0, quantity));
  },
});
const bars = series(BARS);
const panel = panelOf(bars);
const built = inspectStrategy(reference, { runId: "memory" });
const job = jobOf(built, panel);
const used = () => {
  // Array buffers are given back beside the program: the second call waits for what the first one found.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().arrayBuffers;
};
const before = used();
const replay = createReplay(built, job);
replay.advance(Number.POSITIVE_INFINITY);
const outcome = replay.outcome();
const after = used();
console.log(
  JSON.stringify({
    bytes_per_live_column_bar: Math.round(((after - before) / (BARS * LIVE_COLUMNS)) * 1000) / 1000,
    bytes: after - before,
    entries: outcome.result.counters.entries,
  }),
);

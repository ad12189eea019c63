// Rows added to a long history: `node bench/append.mjs` prints what it costs to add 1,000 bars to a replay of 1,000,000, at once and one by
// one, over the cost of a replay of 1,000 bars alone. Whoever went through the history again would pay it a thousand times.
import { createReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { cpu, median } from "./cpu.mjs";
import { jobOf, panelOf } from "./reference-job.mjs";
import { series } from "./reference-task.mjs";

const BARS = 1_000_000;
const ADDED = 1_000;
const WARM_UP = 5;
const ROUNDS = 21;

const kernels = strategy({
  name: "reference-kernels",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["bench"], interval: "1m" });
    return targetPositions(when(above(sma(bars.close, 10), sma(bars.close, 30)), 1, 0, quantity));
  },
});
const built = inspectStrategy(kernels, { runId: "bench" });
const all = series(BARS + 2 * ADDED * (WARM_UP + ROUNDS));
const slice = (from, to) =>
  panelOf(Object.fromEntries(Object.entries(all).map(([name, cells]) => [name, cells.slice(from, to)])));
const replay = createReplay(built, jobOf(built, slice(0, BARS)), { growing: true });
replay.advance(Number.POSITIVE_INFINITY);

let at = BARS;
const [once, single, alone] = [[], [], []];
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  const rows = slice(at, at + ADDED);
  const each = Array.from({ length: ADDED }, (_, k) => slice(at + ADDED + k, at + ADDED + k + 1));
  at += 2 * ADDED;
  const add = (panel) => {
    replay.append(new Map([[built.inspected.priceStream, panel]]));
    replay.advance(Number.POSITIVE_INFINITY);
  };
  const timed = [
    cpu(() => add(rows)),
    cpu(() => {
      for (const panel of each) add(panel);
    }),
    cpu(() => {
      const short = createReplay(built, jobOf(built, rows));
      short.advance(Number.POSITIVE_INFINITY);
      return short.outcome();
    }),
  ];
  if (round < WARM_UP) continue;
  for (const [k, into] of [once, single, alone].entries()) into.push(timed[k].ms);
}
console.log(
  JSON.stringify({
    bars: BARS,
    added: ADDED,
    ms: median(once),
    one_by_one_ms: median(single),
    alone_ms: median(alone),
    ratio: Math.round((median(once) / median(alone)) * 1000) / 1000,
    one_by_one_ratio: Math.round((median(single) / median(alone)) * 1000) / 1000,
  }),
);

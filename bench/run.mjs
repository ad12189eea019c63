// Benchmarks as ratios: both sides of each are measured in this run, alternating, and the medians are divided.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createReplay, inspectStrategy } from "@qmtl/core";
import { above, sma, when } from "@qmtl/core/indicators";
import { ohlcv, quantity } from "@qmtl/core/schema";
import { node, strategy, stream, targetPositions } from "@qmtl/core/strategy";
import { jobOf, panelOf } from "./reference-job.mjs";
import { fusedSmaCross, series } from "./reference-task.mjs";

const BARS = 1_000_000;
const ROUNDS = 7;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const json = process.argv.includes("--json");
const say = (text) => process.stderr.write(`${text}\n`);

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

say(`Making ${BARS.toLocaleString("en-US")} bars…`);
const bars = series(BARS);
const panel = panelOf(bars);
const batch = (of) => {
  const built = inspectStrategy(of, { runId: "bench" });
  const replay = createReplay(built, jobOf(built, panel));
  replay.advance(Number.POSITIVE_INFINITY);
  return replay.outcome();
};
const barByBar = (of) => {
  const built = inspectStrategy(of, { runId: "bench" });
  const replay = createReplay(built, jobOf(built, panel));
  const { clock } = replay;
  for (let i = 0; i < clock.length; i++) replay.advance(clock[i]);
  return replay.outcome();
};

const cpu = (work) => {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, value };
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Median CPU time of `work` over that of the fused loop, alternating in the same run. */
function ratio(label, work) {
  const ours = [];
  const theirs = [];
  let value;
  for (let round = 0; round <= ROUNDS; round++) {
    const fused = cpu(() => fusedSmaCross(bars)).ms;
    const mine = cpu(work);
    value = mine.value;
    if (round === 0) continue; // the compiler warms up
    theirs.push(fused);
    ours.push(mine.ms);
  }
  const result = median(ours) / median(theirs);
  say(`${label}: ${median(ours).toFixed(1)} ms against ${median(theirs).toFixed(1)} ms fused, ${result.toFixed(2)}x`);
  return { ratio: round3(result), value };
}
const round3 = (value) => Math.round(value * 1000) / 1000;

const columnar = ratio("batch", () => batch(kernels));
const single = ratio("bar by bar", () => barByBar(kernels));
const user = ratio("user node", () => batch(userNode));

say("Measuring memory…");
const memory = spawnSync(process.execPath, ["--expose-gc", join(root, "bench", "memory.mjs")], { encoding: "utf8" });
if (memory.status !== 0) throw new Error(memory.stderr);

say("Measuring a cold submit…");
const cold = [];
for (let round = 0; round < 5; round++) {
  // Inside the repository, so that the packages resolve; a project without a cache and without a journal.
  const folder = mkdtempSync(join(root, "fixtures", ".bench-"));
  cpSync(join(root, "fixtures", "workspace"), folder, {
    recursive: true,
    filter: (path) => !/[\\/](\.qmtl|node_modules)([\\/]|$)/.test(path),
  });
  const since = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(root, "packages", "cli", "bin", "qmtl.js"),
      "submit",
      "strategies/sma-cross.ts",
      "--world",
      "sp500-trend",
      "--json",
    ],
    { cwd: folder, encoding: "utf8" },
  );
  cold.push(performance.now() - since);
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`The submit ended with ${status}: ${stderr}`);
}

const reference = fusedSmaCross(bars);
const outcome = columnar.value;
const equities = outcome.result.equity;
const result = {
  bars: BARS,
  batch_vs_fused: columnar.ratio,
  bar_by_bar_vs_fused: single.ratio,
  user_node_vs_fused: user.ratio,
  reference_entries: outcome.result.counters.entries,
  reference_equity: equities[equities.length - 1],
  fused_entries: reference.entries,
  fused_equity: reference.finalEquity,
  bytes_per_live_column_bar: JSON.parse(memory.stdout).bytes_per_live_column_bar,
  cold_submit_sp500_ms: Math.round(median(cold)),
};
if (json) console.log(JSON.stringify(result));
else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(28)} ${value}`);

// Benchmarks as ratios: both sides of each are measured in one process, in turns of a few rounds, and the medians are divided. Each ratio has a
// process of its own, so that none meets code that another one warmed up for itself.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const json = process.argv.includes("--json");
const say = (text) => process.stderr.write(`${text}\n`);

/** What a script of this folder prints as JSON. */
function measure(script, ...args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", join(root, "bench", script), ...args],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Where a process's memory happens to lie moves its ratio by a tenth or two: of several processes the one in the middle counts. */
function middle(script, ...args) {
  const runs = Array.from({ length: 5 }, () => measure(script, ...args));
  return runs.toSorted((a, b) => a.ratio - b.ratio)[2];
}

const ratios = {};
for (const key of ["batch", "bar_by_bar", "user_node"]) {
  const measured = middle("ratio.mjs", key);
  ratios[key] = measured;
  say(
    `${key}: ${measured.ms.toFixed(1)} ms of CPU against ${measured.fused_ms.toFixed(1)} ms fused, ${measured.ratio.toFixed(2)}x`,
  );
}
const { bytes_per_live_column_bar } = measure("memory.mjs");
say(`memory: ${bytes_per_live_column_bar} bytes per live column and bar`);
const windows = measure("windows.mjs");
say(`windows: ${windows.mwps} million windows of 30 bars a second, read in full by the author's function`);
const sweep = middle("sweep.mjs");
say(
  `sweep: ${sweep.ms.toFixed(1)} ms for ${sweep.combinations} pairs on ${sweep.bars} bars against ${sweep.fused_ms.toFixed(1)} ms fused, ${sweep.ratio.toFixed(2)}x`,
);
const incremental = measure("incremental.mjs");
say(
  `incremental: ${incremental.nodes} of ${incremental.all_nodes} nodes again for one changed param, ${incremental.ms.toFixed(1)} ms`,
);
const { pbo_ms, trials, periods } = measure("pbo.mjs");
say(`pbo: ${pbo_ms} ms for 12,870 splits of ${trials} trials over ${periods} periods`);
const append = measure("append.mjs");
say(
  `append: ${append.ms.toFixed(2)} ms to add ${append.added} bars to ${append.bars}, ${append.ratio}x what they cost alone; ${append.one_by_one_ratio}x one by one`,
);
const million = measure("ten-million.mjs");
say(`ten million bars: ${million.ratio}x the fused loop, ${million.bytes_per_bar} bytes per bar`);
const ticks = measure("ten-million.mjs", "tick");
say(`ticks: ${ticks.entries} entries, ${ticks.ratio}x the fused loop`);

const allocate = measure("allocate.mjs");
say(
  `allocate: ${allocate.allocate_50_ms} ms for 50 strategies (${allocate.slowest_50}), ${allocate.allocate_500_ms} ms for 500 (${allocate.slowest_500}), ${allocate.allocate_cvar_50_ms} ms for 50 by CVaR, ${allocate.allocate_cvar_500_ms} ms for 500`,
);

const cold = measure("cold-submit.mjs", "bench/project", "strategies/minute-cross.ts", "minute");
say(`cold submit: ${cold.ms} ms on ${cold.bars} bars, the first one ${cold.first_ms} ms`);
const sp500 = measure("cold-submit.mjs", "fixtures/workspace", "strategies/sma-cross.ts", "sp500-trend");
say(`cold submit of the sample strategy: ${sp500.ms} ms on ${sp500.bars} bars`);

const workers = measure("workers.mjs");
say(
  `workers: ${workers.own.one_ms} ms with one, ${workers.own.two_ms} ms with two; of kernels ${workers.kernels.one_ms} and ${workers.kernels.two_ms} ms`,
);

const apply = measure("apply.mjs");
say(`apply: ${apply.apply_10_runners_p95_ms} ms with ten runners, a decision ${apply.decide_p95_ms} ms`);

const { batch } = ratios;
const result = {
  bars: batch.bars,
  batch_vs_fused: batch.ratio,
  bar_by_bar_vs_fused: ratios.bar_by_bar.ratio,
  user_node_vs_fused: ratios.user_node.ratio,
  reference_entries: batch.entries,
  reference_equity: batch.equity,
  fused_entries: batch.fused_entries,
  fused_equity: batch.fused_equity,
  bytes_per_live_column_bar,
  user_window_mwps: windows.mwps,
  sweep_vs_fused: sweep.ratio,
  sweep_combinations: sweep.combinations,
  sweep_bars: sweep.bars,
  incremental_nodes: incremental.nodes,
  incremental_of_nodes: incremental.all_nodes,
  incremental_ms: Math.round(incremental.ms * 100) / 100,
  two_workers_speedup: workers.own.speedup,
  two_workers_combinations: workers.own.combinations,
  two_workers_kernels_speedup: workers.kernels.speedup,
  two_workers_kernels_ms: workers.kernels.two_ms,
  two_processes_speedup: workers.processes,
  pbo_ms,
  append_ratio: append.ratio,
  append_one_by_one_ratio: append.one_by_one_ratio,
  ten_million_bars_vs_fused: million.ratio,
  ten_million_bytes_per_bar: million.bytes_per_bar,
  reference_tick_entries: ticks.entries,
  reference_tick_vs_fused: ticks.ratio,
  allocate_50_ms: allocate.allocate_50_ms,
  allocate_500_ms: allocate.allocate_500_ms,
  allocate_cvar_50_ms: allocate.allocate_cvar_50_ms,
  allocate_cvar_500_ms: allocate.allocate_cvar_500_ms,
  cold_submit_ms: cold.ms,
  cold_submit_bars: cold.bars,
  first_submit_ms: cold.first_ms,
  cold_submit_sp500_ms: sp500.ms,
  decide_p95_ms: apply.decide_p95_ms,
  apply_10_runners_p95_ms: apply.apply_10_runners_p95_ms,
};

/** Key, what it is, what it should be on two quiet cores. */
const MEANINGS = {
  batch_vs_fused: ["the reference task through the public API, CPU time over that of the fused loop", "at most 2 (5)"],
  bar_by_bar_vs_fused: ["the same, one bar per call", "at most 6 (20)"],
  user_node_vs_fused: ["the same with the author's function in the place of two kernels", ""],
  user_window_mwps: ["windows of 30 bars that an author's function reads in full, million per second", "at least 5"],
  sweep_vs_fused: ["200 pairs on 50,000 bars side by side, over the same pairs fused one by one", "at most 1.5"],
  incremental_nodes: ["nodes computed again when one param of 100 strategies changes", "3"],
  incremental_ms: ["milliseconds of CPU for that on 100,000 bars, with the account", "under 10"],
  two_workers_speedup: [
    "a sweep of a node of its author's, wall time with one worker process over that with two, best of three pairs",
    "at least 1.7",
  ],
  two_workers_kernels_speedup: ["the same for 160 combinations of kernels, a second of which is the start", ""],
  two_workers_kernels_ms: ["what those take with two, from a cold process", ""],
  two_processes_speedup: ["what two processes gain that share nothing: what the machine could give just then", ""],
  bytes_per_live_column_bar: ["memory of a run beyond its source", "at most 8"],
  pbo_ms: ["probability of backtest overfitting of 200 trials, 12,870 splits", "under 2000"],
  append_ratio: ["1,000 bars added to 1,000,000, over a replay of 1,000 bars alone", "about 1"],
  append_one_by_one_ratio: ["the same, added and traded one by one", ""],
  ten_million_bars_vs_fused: ["the reference task over 10,000,000 bars, over the fused loop", "at most 2 (5)"],
  ten_million_bytes_per_bar: ["memory of that run beyond its source, per bar", "at most 8"],
  reference_tick_entries: ["entries of the reference task on 1,000,000 bars whose declared tick is 0.01", "19456"],
  reference_tick_vs_fused: ["its time over that of the fused loop", ""],
  allocate_50_ms: [
    "shares of 50 strategies over 1,000 sessions by the slowest allocator but CVaR, CPU time",
    "under 50",
  ],
  allocate_500_ms: ["the same of 500 strategies", "under 2000"],
  allocate_cvar_50_ms: ["shares of 50 strategies by least CVaR over 1,000 sessions, CPU time", "under 50"],
  allocate_cvar_500_ms: ["the same of 500 strategies", "under 2000"],
  cold_submit_ms: [
    "`qmtl submit` from a cold process on 100,000 bars, wall time, what was found in the sources kept by content",
    "under 700",
  ],
  first_submit_ms: ["the same with nothing kept at all", ""],
  cold_submit_sp500_ms: ["the same for the sample strategy on the S&P 500", "under 2000"],
  decide_p95_ms: ["a decision over 50 candidates, 95th percentile", "under 5"],
  apply_10_runners_p95_ms: [
    "an apply from proposal to end with ten runners on the embedded store, nothing to drain, 95th percentile",
    "under 400",
  ],
};
const table = Object.entries(MEANINGS).map(
  ([key, [what, goal]]) => `| \`${key}\` | ${result[key]} | ${goal} | ${what} |`,
);
writeFileSync(
  join(root, "docs", "benchmarks.md"),
  `# Benchmarks

Written by \`npm run bench\` on ${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.versions.node}. Every ratio has both of its sides measured in
one process, in turns of a few rounds, and is the middle one of five processes; the fused loop is the tightest that the same task can be written as in JavaScript (\`bench/reference-task.mjs\`).
A goal in parentheses is the limit that a release must keep.

| key | value | goal | what |
| --- | --- | --- | --- |
${table.join("\n")}

The reference task is SMA(10) over SMA(30) on 1,000,000 seeded one-minute bars: ${result.reference_entries} entries and a final equity of
${result.reference_equity}, to the last digit those of the fused loop.
`,
);
if (json) console.log(JSON.stringify(result));
else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(28)} ${value}`);

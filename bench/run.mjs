// Benchmarks as ratios: both sides of each are measured in one process, alternating, and the medians are divided. Each ratio has a
// process of its own, so that none meets code that another one warmed up for itself.
import { spawnSync } from "node:child_process";
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

const ratios = {};
for (const key of ["batch", "bar_by_bar", "user_node"]) {
  const measured = measure("ratio.mjs", key);
  ratios[key] = measured;
  say(
    `${key}: ${measured.ms.toFixed(1)} ms of CPU against ${measured.fused_ms.toFixed(1)} ms fused, ${measured.ratio.toFixed(2)}x`,
  );
}
const { bytes_per_live_column_bar } = measure("memory.mjs");
say(`memory: ${bytes_per_live_column_bar} bytes per live column and bar`);
const { pbo_ms, trials, periods } = measure("pbo.mjs");
say(`pbo: ${pbo_ms} ms for 12,870 splits of ${trials} trials over ${periods} periods`);

const cold = measure("cold-submit.mjs", "bench/project", "strategies/minute-cross.ts", "minute");
say(`cold submit: ${cold.ms} ms on ${cold.bars} bars`);
const sp500 = measure("cold-submit.mjs", "fixtures/workspace", "strategies/sma-cross.ts", "sp500-trend");
say(`cold submit of the sample strategy: ${sp500.ms} ms on ${sp500.bars} bars`);

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
  pbo_ms,
  cold_submit_ms: cold.ms,
  cold_submit_bars: cold.bars,
  cold_submit_sp500_ms: sp500.ms,
};
if (json) console.log(JSON.stringify(result));
else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(28)} ${value}`);

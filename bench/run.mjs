// Benchmarks as ratios: both sides of each are measured in one process, alternating, and the medians are divided. Each ratio has a
// process of its own, so that none meets code that another one warmed up for itself.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const json = process.argv.includes("--json");
const say = (text) => process.stderr.write(`${text}\n`);
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

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
  cold_submit_sp500_ms: Math.round(median(cold)),
};
if (json) console.log(JSON.stringify(result));
else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(28)} ${value}`);

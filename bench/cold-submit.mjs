// Milliseconds from starting `qmtl submit` to its end: `node bench/cold-submit.mjs FOLDER STRATEGY WORLD` prints two medians of five rounds as
// JSON. The first submission of a project has nothing kept; the second is a cold process as well, and a project without data, node results, runs
// or a journal, that has kept what was found in its sources, by their content.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROUNDS = 5;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const command = join(root, "packages", "cli", "bin", "qmtl.js");
const [project, strategy, world] = process.argv.slice(2);

const rounds = { first: [], cold: [] };
let bars;
for (let round = 0; round < ROUNDS; round++) {
  // Inside the repository, so that the packages resolve.
  const folder = mkdtempSync(join(root, "fixtures", ".bench-"));
  try {
    cpSync(join(root, project), folder, {
      recursive: true,
      filter: (path) => !/[\\/](\.qmtl|node_modules)([\\/]|$)/.test(path),
    });
    rounds.first.push(submit(folder));
    forget(folder);
    rounds.cold.push(submit(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(JSON.stringify({ ms: median(rounds.cold), first_ms: median(rounds.first), bars }));

function submit(folder) {
  const since = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, "submit", strategy, "--world", world, "--json"],
    { cwd: folder, encoding: "utf8" },
  );
  const ms = performance.now() - since;
  if (status !== 0) throw new Error(`The submit ended with ${status}: ${stderr}`);
  const { dataset } = JSON.parse(stdout);
  bars = dataset.streams.reduce((sum, stream) => sum + stream.bars, 0);
  return ms;
}

/** All that was kept but the findings. */
function forget(folder) {
  for (const kept of readdirSync(join(folder, ".qmtl")))
    if (kept !== "cache") rmSync(join(folder, ".qmtl", kept), { recursive: true });
}

function median(values) {
  return Math.round(values.toSorted((a, b) => a - b)[values.length >> 1]);
}

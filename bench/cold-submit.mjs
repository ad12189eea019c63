// Milliseconds from starting `qmtl submit` to its end in a project without a cache and without a journal:
// `node bench/cold-submit.mjs FOLDER STRATEGY WORLD` prints the median of five rounds as JSON.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROUNDS = 5;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const command = join(root, "packages", "cli", "bin", "qmtl.js");
const [project, strategy, world] = process.argv.slice(2);

const rounds = [];
let bars;
for (let round = 0; round < ROUNDS; round++) {
  // Inside the repository, so that the packages resolve.
  const folder = mkdtempSync(join(root, "fixtures", ".bench-"));
  try {
    cpSync(join(root, project), folder, {
      recursive: true,
      filter: (path) => !/[\\/](\.qmtl|node_modules)([\\/]|$)/.test(path),
    });
    const since = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [command, "submit", strategy, "--world", world, "--json"],
      { cwd: folder, encoding: "utf8" },
    );
    rounds.push(performance.now() - since);
    if (status !== 0) throw new Error(`The submit ended with ${status}: ${stderr}`);
    bars = JSON.parse(stdout).dataset.streams.reduce((sum, stream) => sum + stream.bars, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(JSON.stringify({ ms: Math.round(rounds.toSorted((a, b) => a - b)[ROUNDS >> 1]), bars }));

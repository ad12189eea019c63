// What a second worker brings to a sweep of the sample strategy, from a process of its own each: `node bench/workers.mjs` prints the best of
// three pairs of wall times as JSON. Start, data and the last weighing are part of both sides.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const command = join(root, "packages", "cli", "bin", "qmtl.js");

function sweep(workers) {
  const folder = mkdtempSync(join(root, "fixtures", ".bench-"));
  try {
    cpSync(join(root, "bench", "project"), folder, {
      recursive: true,
      filter: (path) => !/[\\/](\.qmtl|node_modules)([\\/]|$)/.test(path),
    });
    const since = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        command,
        ...["sweep", "strategies/minute-cross.ts", "--world", "minute", "--json", "--top", "0"],
        ...["--grid", "fast=5..20", "--grid", "slow=110..200:10", "--workers", String(workers)],
      ],
      { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30 },
    );
    if (status !== 0) throw new Error(`The sweep ended with ${status}: ${stderr}`);
    return { ms: performance.now() - since, combinations: JSON.parse(stdout).combinations };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const pairs = Array.from({ length: 3 }, () => ({ one: sweep(1), two: sweep(2) }));
const best = pairs.map(({ one, two }) => one.ms / two.ms).toSorted((a, b) => b - a)[0];
console.log(
  JSON.stringify({
    combinations: pairs[0].one.combinations,
    one_ms: Math.round(Math.min(...pairs.map(({ one }) => one.ms))),
    two_ms: Math.round(Math.min(...pairs.map(({ two }) => two.ms))),
    speedup: Math.round(best * 1000) / 1000,
  }),
);

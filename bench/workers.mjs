// What a second worker brings to a sweep, from a process of its own each: `node bench/workers.mjs` prints the best of three pairs of wall times
// as JSON. Start, data and the last weighing are part of both sides. One sweep is of a node that its author wrote, whose replays are the work;
// one of kernels, most of whose work is what no worker can share: starting, data and records. Beside them, what two processes gain of which
// each runs a plain loop: no sweep can gain more on the machine, and a busy neighbour is seen in it.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const command = join(root, "packages", "cli", "bin", "qmtl.js");

function sweep(strategy, grids, workers) {
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
        ...["sweep", strategy, "--world", "minute", "--json", "--top", "0", "--workers", String(workers)],
        ...grids.flatMap((grid) => ["--grid", grid]),
      ],
      { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30 },
    );
    if (status !== 0) throw new Error(`The sweep ended with ${status}: ${stderr}`);
    return { ms: performance.now() - since, combinations: JSON.parse(stdout).combinations };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One worker, then two, three times. */
function compareWorkers(strategy, ...grids) {
  const pairs = Array.from({ length: 3 }, () => ({ one: sweep(strategy, grids, 1), two: sweep(strategy, grids, 2) }));
  return {
    combinations: pairs[0].one.combinations,
    one_ms: Math.round(Math.min(...pairs.map(({ one }) => one.ms))),
    two_ms: Math.round(Math.min(...pairs.map(({ two }) => two.ms))),
    speedup: thousandths(Math.max(...pairs.map(({ one, two }) => one.ms / two.ms))),
  };
}

/** A loop over a window that stays in the cache, as the author's node is. */
const LOOP = `
  const moves = Float64Array.from({ length: 4096 }, (_, i) => Math.sin(i));
  let sum = 0;
  for (let round = 0; round < 1_000; round++)
    for (let lag = 1; lag <= 256; lag++)
      for (let at = lag; at < 4096; at++) sum += moves[at] * moves[at - lag];
  if (!Number.isFinite(sum)) process.exitCode = 1;`;

function loop() {
  return new Promise((resolve, reject) => {
    spawn(process.execPath, ["-e", LOOP], { stdio: "inherit" }).once("exit", (status) => {
      if (status === 0) resolve();
      else reject(new Error(`The loop ended with ${status}`));
    });
  });
}

async function elapsed(work) {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

/** One loop after the other, then both at once: the middle of three ratios. */
async function compareProcesses() {
  const ratios = [];
  for (let round = 0; round < 3; round++) {
    const inTurns = await elapsed(() => loop().then(loop));
    ratios.push(inTurns / (await elapsed(() => Promise.all([loop(), loop()]))));
  }
  return thousandths(ratios.toSorted((a, b) => a - b)[1]);
}

function thousandths(value) {
  return Math.round(value * 1000) / 1000;
}

console.log(
  JSON.stringify({
    own: compareWorkers("strategies/minute-memory.ts", "length=34..64:2", "lags=3..12"),
    kernels: compareWorkers("strategies/minute-cross.ts", "fast=5..20", "slow=110..200:10"),
    processes: await compareProcesses(),
  }),
);

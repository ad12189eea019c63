// What deciding and applying take: `node bench/apply.mjs` prints as JSON the 95th percentile of a decision over 50 candidates, and of an
// apply that ten runners take part in, each with its own connection to the embedded store. The runners have nothing to drain.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROUNDS = { decide: 400, apply: 40 };
const RUNNERS = 10;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

// The parts are no public surface of the package; where the bundle lies it finds the packages that it needs.
const bundles = join(root, "node_modules", ".cache", "qmtl-bench");
mkdirSync(bundles, { recursive: true });
const outfile = join(bundles, `apply-${process.pid}.mjs`);
const entryPoints = [join(root, "packages/core/src/world/verify/timing.test.kit.ts")];
await build({ entryPoints, bundle: true, platform: "node", format: "esm", packages: "external", outfile });
const { applyTimes, decideTimes } = await import(pathToFileURL(outfile).href);
rmSync(outfile);
const { default: sqlite } = await import("../packages/plugins/storage-sqlite/dist/index.js");

const p95 = (times) => times.toSorted((a, b) => a - b)[Math.ceil(0.95 * times.length) - 1];
const decisions = decideTimes(ROUNDS.decide, () => performance.now()).slice(ROUNDS.decide / 4);

const folder = mkdtempSync(join(tmpdir(), "qmtl-bench-"));
const opened = [];
const { signal } = new AbortController();
const context = { clock: Date.now, signal, root: folder, log: console };
const storage = async () => {
  const one = await sqlite.setup(context, { path: "." });
  opened.push(one);
  return one.state;
};
const applies = await applyTimes({ runners: RUNNERS, rounds: ROUNDS.apply, storage, clock: Date.now });
for (const one of opened) await one.dispose();
rmSync(folder, { recursive: true, force: true });
console.log(
  JSON.stringify({
    decide_p95_ms: Math.round(p95(decisions) * 100) / 100,
    apply_10_runners_p95_ms: Math.round(p95(applies)),
    runners: RUNNERS,
  }),
);

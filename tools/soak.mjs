// Runs real processes and kills them at random, then looks through what they left behind: see USAGE.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `npm run soak -- [--seconds N] [--seed S]

Two runners and the processes that submit and apply are started and killed (SIGKILL) for N seconds (default 60), at moments that the
seed S (default 7) chooses. Afterwards the journals must say that nothing acknowledged was lost, nothing was doubled, no order went out
without the world's word, and every account comes to its records to the last bit.`;

const options = { seconds: { type: "string" }, seed: { type: "string" }, help: { type: "boolean" } };
const { values } = parseArgs({ options });
const [seconds, seed] = [Number(values.seconds ?? 60), Number(values.seed ?? 7)];
if (values.help || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error(USAGE);
  process.exit(values.help ? 0 : 2);
}
const { status } = spawnSync("npx", ["vitest", "run", "packages/cli/src/run/soak.test.ts", "--testTimeout=0"], {
  cwd: join(dirname(fileURLToPath(import.meta.url)), ".."),
  stdio: "inherit",
  env: { ...process.env, QMTL_SOAK_SECONDS: String(seconds), QMTL_SEED: String(seed), DO_NOT_TRACK: "1" },
});
process.exit(status ?? 1);

// The main job on real data: a trend strategy on 20 years of the S&P 500, submitted to a world. `--json` prints the SubmitResult.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "packages/cli/bin/qmtl.js"),
    "submit",
    "strategies/sma-cross.ts",
    "--world",
    "sp500-trend",
    ...process.argv.slice(2),
  ],
  { cwd: join(root, "fixtures/workspace"), stdio: "inherit" },
);
process.exit(status ?? 3);

// Every check and every test, and one closing line.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const checks = spawnSync("node", ["tools/check.mjs"], { cwd: root, stdio: "inherit" });
const folder = mkdtempSync(join(tmpdir(), "qmtl-test-"));
const report = join(folder, "report.json");
const vitest = spawnSync(
  "npx",
  ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, DO_NOT_TRACK: "1" },
  },
);
let passed = 0;
let failed = 1;
let skipped = 0;
try {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  passed = numPassedTests;
  failed = numFailedTests;
  skipped = numPendingTests;
  // A file that could not be loaded has no tests to count, and is a failure all the same.
  if (failed === 0 && !success) failed = Math.max(1, numFailedTestSuites);
} catch (error) {
  console.error(`The test runner left no report: ${error.message}`);
}
rmSync(folder, { recursive: true, force: true });
if (checks.status === 0) passed++;
else failed++;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && vitest.status === 0 ? 0 : 1);

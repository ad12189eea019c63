// Every check, every test and the whole proof of the apply, and one closing line.
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
const proof = proveApply();
if (proof) passed++;
else failed++;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && vitest.status === 0 ? 0 : 1);

/** Its exit code says that it is proved; its numbers, that this was as much as it has to be. */
function proveApply() {
  const began = performance.now();
  const { status, stdout } = spawnSync("node", ["tools/verify-apply.mjs", "--json"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const minutes = (performance.now() - began) / 60_000;
  const line = stdout.trim();
  console.log(`verify:apply ${line} ${minutes.toFixed(1)} min`);
  if (status !== 0) return false;
  const { states, violations, stuck, defects_seeded, defects_found, seeds, marks_missing } = JSON.parse(line);
  const clean = violations === 0 && stuck === 0 && marks_missing === 0;
  return clean && defects_seeded >= 20 && defects_found === defects_seeded && states >= 1_000_000 && seeds >= 10_000;
}

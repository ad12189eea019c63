// Every check and every test, and one closing line.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "qmtl-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };

const checks = spawnSync("node", ["tools/check.mjs"], { cwd: root, stdio: "inherit" });
if (checks.status === 0) total.passed++;
else total.failed++;
count("npx", ["vitest", "run"]);
// The extension in a real editor, on the machine that the other tests have left.
count("node", ["tools/e2e.mjs"]);
rmSync(folder, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

/** Runs tests and adds them up. A run that ends badly has failed, whatever its report says. */
function count(command, args) {
  const report = join(folder, `${args.join("-").replaceAll("/", "-")}.json`);
  const { status } = spawnSync(
    command,
    [...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { cwd: root, stdio: "inherit", env: { ...process.env, DO_NOT_TRACK: "1" } },
  );
  let failed = 0;
  try {
    const result = JSON.parse(readFileSync(report, "utf8"));
    total.passed += result.numPassedTests;
    total.skipped += result.numPendingTests;
    failed = result.numFailedTests;
    // A file that could not be loaded has no tests to count, and is a failure all the same.
    if (!result.success) failed = Math.max(failed, result.numFailedTestSuites);
  } catch (error) {
    console.error(`The test runner left no report: ${error.message}`);
  }
  total.failed += status === 0 ? failed : Math.max(1, failed);
}

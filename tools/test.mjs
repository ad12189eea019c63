// Every check, every test and the whole proof of the apply, and one closing line.
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
if (proveApply()) total.passed++;
else total.failed++;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

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
    const isBare = ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed");
    failed += result.testResults.filter(isBare).length;
  } catch (error) {
    console.error(`The test runner left no report: ${error.message}`);
  }
  total.failed += status === 0 ? failed : Math.max(1, failed);
}

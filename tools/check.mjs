// Everything that is judged without running the product: types, format and lint, the dependency law, unused code, packaging.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const checks = [
  ["format and lint", "npx", ["biome", "check", "--error-on-warnings", "."]],
  // By its path: another version that tests use brings a command of the same name.
  ["types, tests and samples included", "node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]],
  ["dependency law", "node", ["tools/dependency-law.mjs"]],
  ["unused code", "npx", ["knip", "--no-progress"]],
  ["packaging", "node", ["tools/packaging.mjs"]],
];
let failed = 0;
for (const [what, command, args] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${what}`);
  if (status !== 0) {
    failed++;
    console.log(stdout + stderr);
  }
}
console.log(`checks: ${checks.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

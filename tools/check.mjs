// Everything that is judged without running the product: types, format and lint, the dependency law, unused code, packaging.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
// By its path: another version that tests use brings a command of the same name.
const TSC = "node_modules/typescript/bin/tsc";
const checks = [
  ["format and lint", "npx", ["biome", "check", "--error-on-warnings", "."]],
  ["types, tests and samples included", "node", [TSC, "-p", "tsconfig.json"]],
  ["types of the editor's pages", "node", [TSC, "-p", "packages/vscode-extension/src/browser/tsconfig.json"]],
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

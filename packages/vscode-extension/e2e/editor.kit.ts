import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
export const VSIX = join(repository, "packages/vscode-extension/dist/qmtl.vsix");
/** Screenshots, kept as artefacts. */
export const SHOTS = join(repository, "packages/vscode-extension/e2e/screenshots");

/** What was said by `tools/install-vscode.mjs`. */
export const installed = JSON.parse(process.env["QMTL_VSCODE_INSTALLED"] ?? "{}") as {
  readonly node?: string;
  readonly entry?: string;
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
};

export interface Editor {
  readonly url: string;
  /** The folder that is open. */
  readonly folder: string;
  stop(): Promise<void>;
}

const live = new Set<number>();
process.on("exit", () => {
  for (const pid of live)
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
});

/** A real VS Code with the extension, on a project of its own. */
export async function startEditor(options: {
  readonly files?: Readonly<Record<string, string>>;
  readonly trust?: boolean;
}): Promise<Editor> {
  const { node, entry } = installed;
  if (node === undefined || entry === undefined) throw new Error("There is no VS Code: npm run test:e2e installs it");
  const root = mkdtempSync(join(tmpdir(), "qmtl-e2e-"));
  const [data, extensions] = [join(root, "data"), join(root, "extensions")];
  const folder = join(root, "project");
  mkdirSync(join(data, "User"), { recursive: true });
  mkdirSync(extensions);
  const qmtl = join(repository, "packages/cli/bin/qmtl.js");
  const init = spawnSync(process.execPath, [qmtl, "init", folder], { encoding: "utf8" });
  if (init.status !== 0) throw new Error(`qmtl init: ${init.stderr}`);
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  for (const [file, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const trust = {
    "security.workspace.trust.enabled": options.trust === true,
    "security.workspace.trust.startupPrompt": "never",
  };
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify({ ...SETTINGS, ...trust }));
  writeFileSync(join(root, "server.yaml"), "auth: none\ncert: false\n");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: root,
    XDG_CONFIG_HOME: join(root, "config"),
    XDG_DATA_HOME: join(root, "share"),
    // No gallery: nothing is asked of the network.
    EXTENSIONS_GALLERY: "{}",
  };
  delete environment["VSCODE_IPC_HOOK_CLI"];
  const base = [entry, "--config", join(root, "server.yaml"), "--user-data-dir", data, "--extensions-dir", extensions];
  const install = spawnSync(node, [...base, "--install-extension", VSIX], { env: environment, encoding: "utf8" });
  if (install.status !== 0) throw new Error(`The extension could not be installed: ${install.stdout}${install.stderr}`);
  const port = await freePort();
  const log = openSync(join(root, "server.log"), "w");
  const server: ChildProcess = spawn(
    node,
    [
      ...base,
      ...["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"],
      ...["--disable-getting-started-override", "--ignore-last-opened"],
      ...(options.trust === true ? [] : ["--disable-workspace-trust"]),
    ],
    { env: environment, stdio: ["ignore", log, log], detached: true },
  );
  const pid = server.pid as number;
  live.add(pid);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await isUp(url))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error("VS Code did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    folder,
    async stop() {
      signal(pid, "SIGTERM");
      const late = setTimeout(() => signal(pid, "SIGKILL"), 3_000);
      await ended;
      clearTimeout(late);
      signal(pid, "SIGKILL");
      live.delete(pid);
      if (existsSync(root)) rmSync(root, { recursive: true, force: true });
    },
  };
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["QMTL_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** The workbench on the project's folder, with a file open. */
export async function openWorkbench(browser: Browser, { url, folder }: Editor, file?: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const query = new URLSearchParams({ folder });
  if (file !== undefined) {
    const uri = `vscode-remote://${new URL(url).host}${join(folder, file)}`;
    query.set("payload", JSON.stringify([["openFile", uri]]));
  }
  await page.goto(`${url}/?${query}`);
  await page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
  return page;
}

/** A command by its title, as a person finds it. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget:visible .quick-input-box input");
  await input.waitFor();
  await input.fill(`>${title}`);
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: title }).first().waitFor({ timeout: 20_000 });
  await page.keyboard.press("Enter");
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
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

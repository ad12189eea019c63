// The extension, measured in a real VS Code as a person meets it: node bench/editor.mjs [--json]

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { installVSCode } from "../tools/install-vscode.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const extension = join(root, "packages/vscode-extension");
const json = process.argv.includes("--json");
const say = (text) => process.stderr.write(`${text}\n`);

/** Variants that are previewed, after those that warm up. */
const VARIANTS = 40;
const WARM_UP = 5;
/** The shortest that the setting takes. */
const PAUSE_MS = 100;
const STARTS = 6;
/** Between two things that a person does. After the first strategy was opened, TypeScript's servers start in that time, on the same cores. */
const READING_MS = 5_000;

const browserFile = process.env["QMTL_CHROMIUM"] ?? "/usr/bin/chromium";
const installed = { ...installVSCode(), chromium: browserFile };
if ("missing" in installed) {
  say(`The editor can't be measured: ${installed.missing}.`);
  process.exit(3);
}
const packaged = spawnSync("npm", ["run", "--silent", "package:vsix"], { cwd: extension, encoding: "utf8" });
if (packaged.status !== 0) throw new Error(packaged.stderr);
const vsix = statSync(join(extension, "dist/qmtl.vsix")).size;

// The harness of the end-to-end tests, as a module of the same depth.
const harness = join(extension, "dist/editor-server.mjs");
await build({
  entryPoints: [join(extension, "e2e/server.kit.ts")],
  outfile: harness,
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "warning",
});
process.env.QMTL_VSCODE_INSTALLED = JSON.stringify(installed);
const { startServer } = await import(pathToFileURL(harness).href);
rmSync(harness);

const server = await startServer();
const browser = await chromium.launch({
  executablePath: browserFile,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
});
const result = { vsix_mb: Number((vsix / 1e6).toFixed(2)) };
try {
  Object.assign(result, await sampleFigures());
  Object.assign(result, await previewFigures());
} finally {
  await browser.close();
  await server.stop();
}

/** On the sample project: activation, the first squiggle, the first verdict. */
async function sampleFigures() {
  const [activation, diagnostics, newWindow, verdict] = [[], [], [], []];
  for (let start = 0; start < STARTS; start++) {
    const folder = join(mkdtempSync(join(server.home, "work-")), "project");
    const init = spawnSync(process.execPath, [join(root, "packages/cli/bin/qmtl.js"), "init", folder]);
    if (init.status !== 0) throw new Error(String(init.stderr));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const sample = readFileSync(join(folder, "strategies/sma-cross.ts"), "utf8");
    writeFileSync(
      join(folder, "strategies/flawed.ts"),
      sample.replace('"sma-cross"', '"flawed"').replace("fast > slow", "Math.random() > slow"),
    );
    const page = await open(folder);
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").waitFor({ timeout: 60_000 });
    await page.locator(".statusbar-item#qmtl\\.status, .statusbar").first().waitFor();
    activation.push(await activationTime(page));
    // In a window that never showed a file, the editor draws squiggles only once it was idle: what it waits for then is not the finding.
    const isNew = start % 2 === 1;
    if (!isNew) {
      await openFile(page, "worlds/sp500-trend.yml");
      await page.waitForTimeout(READING_MS);
    }
    await findFile(page, "strategies/flawed.ts");
    (isNew ? newWindow : diagnostics).push(
      await timed(
        () => page.keyboard.press("Enter"),
        () =>
          page.locator(".editor-instance .view-overlays [class*=squiggly-error]").first().waitFor({ timeout: 30_000 }),
      ),
    );
    await openFile(page, "strategies/sma-cross.ts");
    const lens = page.locator(".codelens-decoration a", { hasText: "Submit to" });
    await lens.waitFor({ timeout: 30_000 });
    await page.waitForTimeout(READING_MS);
    verdict.push(
      await timed(
        () => lens.click(),
        () => page.locator(".codelens-decoration a", { hasText: "last: active" }).waitFor({ timeout: 60_000 }),
      ),
    );
    await page.close();
  }
  say(
    `activation ${activation.join(", ")} ms; first squiggle ${diagnostics.join(", ")} ms, in new windows ${newWindow.join(", ")} ms; verdict ${verdict.join(", ")} ms`,
  );
  return {
    activation_ms: middle(activation),
    first_diagnostics_ms: middle(diagnostics),
    first_diagnostics_new_window_ms: middle(newWindow),
    click_to_result_ms: middle(verdict),
  };
}

/** On 100,000 bars of a minute: from the end of the pause to the new figure above the strategy. */
async function previewFigures() {
  const folder = join(mkdtempSync(join(server.home, "work-")), "project");
  cpSync(join(root, "bench/project"), folder, { recursive: true, filter: (path) => !/\.qmtl|node_modules/.test(path) });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(
    join(folder, ".vscode/settings.json"),
    JSON.stringify({ "qmtl.preview.enabled": true, "qmtl.preview.pause": PAUSE_MS, "qmtl.figures.enabled": true }),
  );
  const page = await open(folder);
  await openFile(page, "strategies/minute-cross.ts:9:50");
  const lens = page.locator(".codelens-decoration a", { hasText: "Submit to" });
  await lens.waitFor({ timeout: 60_000 });
  await lens.click();
  await page.locator(".codelens-decoration a", { hasText: "last: " }).waitFor({ timeout: 60_000 });
  // The default of `slow`, two figures that are typed over.
  const text = readFileSync(join(folder, "strategies/minute-cross.ts"), "utf8").split("\n");
  const line = text.findIndex((one) => one.includes("param.int(30")) + 1;
  const column = text[line - 1].indexOf("param.int(30") + "param.int(30".length + 1;
  await openFile(page, `strategies/minute-cross.ts:${line}:${column}`);
  await page.evaluate(`
    globalThis.lastKey = 0;
    globalThis.beside = { text: "", at: 0 };
    globalThis.above = { text: "", at: 0 };
    addEventListener("keydown", () => { lastKey = performance.now(); }, true);
    const see = (place, text) => {
      if (text.includes("tried") && text !== place.text) { place.text = text; place.at = performance.now(); }
    };
    new MutationObserver(() => {
      for (const span of document.querySelectorAll(".view-line span[class*=ced-]"))
        see(beside, getComputedStyle(span, "::after").content);
      see(above, document.querySelector(".codelens-decoration a")?.textContent ?? "");
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  `);
  const [beside, above] = [[], []];
  for (let variant = 0; variant < VARIANTS + WARM_UP; variant++) {
    const before = await page.evaluate("[beside.text, above.text]");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    for (const digit of String(31 + variant)) await page.keyboard.press(digit);
    const changed = `(before) => beside.text !== before[0] && above.text !== before[1]`;
    await page.waitForFunction(`(${changed})(${JSON.stringify(before)})`, undefined, { timeout: 60_000 });
    const took = await page.evaluate("[beside.at - lastKey, above.at - lastKey]");
    if (variant < WARM_UP) continue;
    beside.push(took[0] - PAUSE_MS);
    above.push(took[1] - PAUSE_MS);
  }
  await page.close();
  const figures = {
    preview_p50_ms: Math.round(quantile(beside, 0.5)),
    preview_p95_ms: Math.round(quantile(beside, 0.95)),
    preview_lens_p95_ms: Math.round(quantile(above, 0.95)),
  };
  say(`preview: ${JSON.stringify(figures)}`);
  return figures;
}

async function open(folder) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${server.url}/?${new URLSearchParams({ folder })}`);
  await page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
  return page;
}

/** What the editor itself says of the extension's activation. */
async function activationTime(page) {
  // The slowest stand first: a tall window shows all.
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: 3 * height });
  await command(page, "Developer: Show Running Extensions");
  const row = page.locator(".runtime-extensions-editor .monaco-list-row", { hasText: "QMTL" }).first();
  const time = row.locator(".activation-time", { hasText: /\d+ms/ });
  await time.waitFor({ timeout: 60_000 });
  const [, ms] = /(\d+)ms/.exec(await time.textContent());
  // It stands in front of everything else until it is closed.
  await page.keyboard.press("Escape");
  await row.waitFor({ state: "detached" });
  await page.setViewportSize({ width, height });
  return Number(ms);
}

async function timed(act, wait) {
  const begun = performance.now();
  await act();
  await wait();
  return Math.round(performance.now() - begun);
}

async function command(page, title) {
  await pick(page, "F1", `>${title}`);
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: title }).first().click();
}

/** Fills the box that a key opens. An editor that is still starting hears no key, and what it opens then may take the box away again. */
async function pick(page, key, text) {
  const input = page.locator(".quick-input-widget:visible .quick-input-box input");
  for (let attempt = 0; ; attempt++) {
    if ((await input.count()) === 0) await page.keyboard.press(key);
    try {
      return await input.fill(text, { timeout: 500 });
    } catch (error) {
      if (attempt === 30) throw new Error(`${key} opened nothing`, { cause: error });
    }
  }
}

async function openFile(page, file) {
  const name = await findFile(page, file);
  await page.keyboard.press("Enter");
  await page.locator(".tab.active", { hasText: name }).first().waitFor();
}

/** As far as the key that opens it. */
async function findFile(page, file) {
  await page.keyboard.press("Escape");
  await pick(page, "Control+P", file);
  const name = file.split(":")[0].split("/").at(-1);
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: name }).first().waitFor();
  return name;
}

function middle(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

const MEANINGS = {
  vsix_mb: ["the packaged extension, megabytes", "under 5"],
  activation_ms: ["its activation, as the editor tells it", "under 50"],
  first_diagnostics_ms: ["from opening a strategy, five seconds after a world, to the first squiggle", "under 1500"],
  first_diagnostics_new_window_ms: [
    "the same in a window that showed no file yet: VS Code draws squiggles there only after its first idle moment, which two cores leave it when TypeScript's servers have started",
    "",
  ],
  click_to_result_ms: [
    "from a click on the line above the sample strategy, five seconds after it was opened, to its first verdict there; server not started yet",
    "under 3000",
  ],
  preview_p50_ms: ["from the end of a pause in typing to the new figure beside the strategy, 100,000 bars, median", ""],
  preview_p95_ms: ["the same, 95th percentile", "under 250"],
  preview_lens_p95_ms: ["the same to the line above it, which the editor lets rest for 250 ms", ""],
};
const page = join(root, "docs/editors.md");
const heading = "## The extension's speed";
const before = readFileSync(page, "utf8").split(heading)[0].trimEnd();
const rows = Object.entries(MEANINGS).map(
  ([key, [what, goal]]) => `| \`${key}\` | ${result[key]} | ${goal} | ${what} |`,
);
writeFileSync(
  page,
  `${before}

${heading}

Written by \`npm run bench:editor\` on ${cpus().length} cores of ${cpus()[0].model.trim()}: a real VS Code under Chromium, both on the same machine.

| key | value | goal | what |
| --- | --- | --- | --- |
${rows.join("\n")}
`,
);
if (json) console.log(JSON.stringify(result));
else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(24)} ${value}`);

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { projectAt } from "../../cli/src/project.test.kit.ts";
import {
  afterText,
  type Editor,
  editing,
  goTo,
  lens,
  lensTexts,
  processes,
  processesIn,
  ready,
  runCommand,
  SKIPPED,
  toast,
  until,
} from "./editor.kit.ts";
import { FLAWS, strategyText } from "./flawed.kit.ts";

const CALM = strategyText(
  "calm",
  `
const held = node({
  name: "held",
  inputs: { close: bars.close },
  output: { weight: fraction },
  compute: ({ close }) => ({ weight: close > 1000 ? 1 : 0 }),
});`,
);

describe.skipIf(SKIPPED !== "")(`servers that end, and two projects${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  const [flaw] = FLAWS;
  editing({
    own: true,
    second: {
      [flaw!.file]: flaw!.text,
      "strategies/calm.ts": CALM,
      ".vscode/settings.json": JSON.stringify({ "qmtl.preview.enabled": true, "qmtl.figures.enabled": true }),
    },
    // What the editor asked of the language server when that was killed, and when the window was closed.
    expected: [/Connection is disposed/],
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await ready(page);
    },
  });

  const servers = (folder: string) => processesIn(folder).filter(({ command }) => / serve --stdio/.test(command));
  /** A process that one of them has just begun looks like it until it runs its own program. */
  const oneServer = (folder: string) => until("there is one server", () => servers(folder).length === 1);
  const languageServers = () =>
    processes().filter(({ command }) => command.includes(editor.home) && command.includes("language-server.cjs"));

  test("each folder has a server of its own, once it is used", async () => {
    // Folders, servers and extension are where the files are, as over SSH or in a container; the window is elsewhere.
    const uri = await page.locator(".editor-instance .monaco-editor").first().getAttribute("data-uri");
    expect(uri).toMatch(/^vscode-remote:/);
    await lens(page).click();
    await toast(page, "sma-cross in sp500-trend: active").waitFor({ timeout: 60_000 });
    await oneServer(editor.folder);
    expect(servers(editor.other!)).toHaveLength(0);
    await page.keyboard.press("Escape");
    await runCommand(page, "Notifications: Clear All Notifications");
    await page.keyboard.press("Control+P");
    await page.locator(".quick-input-widget:visible .quick-input-box input").fill("calm.ts");
    await page.locator(".quick-input-widget .monaco-list-row", { hasText: "calm.ts" }).first().click();
    await lens(page).first().waitFor({ timeout: 20_000 });
    await runCommand(page, "QMTL: Submit to World");
    await toast(page, "calm in sp500-trend").waitFor({ timeout: 60_000 });
    await oneServer(editor.folder);
    await oneServer(editor.other!);
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("a project's server that is killed is started again, with one notice, and works", async () => {
    const [before] = servers(editor.folder);
    process.kill(before!.pid, "SIGKILL");
    await toast(page, "It is started again").waitFor({ timeout: 20_000 });
    await until("another server", () => {
      const [now] = servers(editor.folder);
      return now !== undefined && now.pid !== before!.pid;
    });
    expect(await toast(page, "It is started again").count()).toBe(1);
    await runCommand(page, "Notifications: Clear All Notifications");
    await page.locator(".tab", { hasText: "sma-cross.ts" }).first().click();
    await lens(page).first().waitFor({ timeout: 20_000 });
    await runCommand(page, "QMTL: Submit to World");
    await toast(page, "sma-cross in sp500-trend: active").waitFor({ timeout: 60_000 });
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("the language server that is killed is started again, with one notice, and finds what it found", async () => {
    const [before] = languageServers();
    process.kill(before!.pid, "SIGKILL");
    await toast(page, "The QMTL language server ended").waitFor({ timeout: 20_000 });
    await until("another language server", () => languageServers().some(({ pid }) => pid !== before!.pid));
    await page.keyboard.press("Control+P");
    await page.locator(".quick-input-widget:visible .quick-input-box input").fill("d-domain.ts");
    await page.locator(".quick-input-widget .monaco-list-row", { hasText: "d-domain.ts" }).first().click();
    await page.locator(".view-overlays [class*=squiggly-]").first().waitFor({ timeout: 30_000 });
    await lens(page).waitFor({ timeout: 20_000 });
    expect(await lensTexts(page)).toHaveLength(1);
  });

  test("previews and figures are on where the folder's own settings say so", async () => {
    await page.locator(".tab", { hasText: "sma-cross.ts" }).first().click();
    await goTo(page, readFileSync(join(editor.folder, "strategies/sma-cross.ts"), "utf8"), "0, { min: 2");
    await page.keyboard.press("Delete");
    await page.keyboard.type("2");
    await page.locator(".tab", { hasText: "calm.ts" }).first().click();
    await until("figures at the ends of lines", async () => (await afterText(page)).some((text) => /mean/.test(text)));
    await goTo(page, CALM, "000 ? 1");
    for (const [digit, tried] of [
      ["1", 2],
      ["2", 3],
    ] as const) {
      await page.keyboard.press("Delete");
      await page.keyboard.type(digit);
      await lens(page, `${tried} variants tried`).waitFor({ timeout: 60_000 });
      await page.keyboard.press("ArrowLeft");
    }
    // It was changed before, and is looked at again.
    await page.locator(".tab", { hasText: "sma-cross.ts" }).first().click();
    await lens(page, "last: active").waitFor({ timeout: 20_000 });
    expect((await lensTexts(page)).join()).not.toContain("tried");
    expect((await afterText(page)).join()).not.toContain("mean");
  });

  test("nothing is left behind when the window is closed, and what was tried is on record", async () => {
    await page.close();
    await until("no process works in the projects", () =>
      [editor.folder, editor.other!].every((folder) => processesIn(folder).length === 0),
    );
    await until("no language server", () => languageServers().length === 0);
    const trials = async (folder: string) =>
      (await projectAt(folder).journal()).filter(({ body }) => (body as { kind: string }).kind === "trial").length;
    expect(await trials(editor.other!)).toBe(3);
    expect(await trials(editor.folder)).toBe(1);
  });
});

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  type Editor,
  editing,
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
import { FLAWS } from "./flawed.kit.ts";

describe.skipIf(SKIPPED !== "")(`servers that end, and two projects${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  const [flaw] = FLAWS;
  editing({
    own: true,
    second: { [flaw!.file]: flaw!.text },
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await ready(page);
    },
  });

  const servers = (folder: string) => processesIn(folder).filter(({ command }) => / serve --stdio/.test(command));
  const languageServers = () =>
    processes().filter(({ command }) => command.includes(editor.home) && command.includes("language-server.cjs"));

  test("each folder has a server of its own, once it is used", async () => {
    await lens(page).click();
    await toast(page, "sma-cross in sp500-trend: active").waitFor({ timeout: 60_000 });
    expect(servers(editor.folder)).toHaveLength(1);
    expect(servers(editor.other!)).toHaveLength(0);
    await page.keyboard.press("Escape");
    await runCommand(page, "Notifications: Clear All Notifications");
    await page.keyboard.press("Control+P");
    await page.locator(".quick-input-widget:visible .quick-input-box input").fill("d-domain.ts");
    await page.locator(".quick-input-widget .monaco-list-row", { hasText: "d-domain.ts" }).first().click();
    await lens(page).first().waitFor({ timeout: 20_000 });
    await runCommand(page, "QMTL: Submit to World");
    await toast(page, "d-domain in sp500-trend").waitFor({ timeout: 60_000 });
    expect(servers(editor.folder)).toHaveLength(1);
    expect(servers(editor.other!)).toHaveLength(1);
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

  test("nothing is left behind when the window is closed", async () => {
    await page.close();
    await until("no process works in the projects", () =>
      [editor.folder, editor.other!].every((folder) => processesIn(folder).length === 0),
    );
    await until("no language server", () => languageServers().length === 0);
  });
});

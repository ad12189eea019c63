import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Editor, editing, runCommand, SKIPPED, shoot, terminal, toast, until } from "./editor.kit.ts";

describe.skipIf(SKIPPED !== "")(`a folder that is no project${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  editing({
    bare: "none",
    files: { "notes.md": "# Ideas\n" },
    begin(opened) {
      ({ editor, page } = opened);
    },
  });

  test("gets a project in a folder of its own, and is told when that failed", async () => {
    await runCommand(page, "QMTL: New Project");
    const input = page.locator(".quick-input-widget:visible input");
    await until("a name is asked for", async () => (await input.inputValue()) === "my-project");
    await input.fill("ideas");
    await page.keyboard.press("Enter");
    // Nothing is fetched here: the terminal has the command and what came of it.
    await terminal(page, "npx @qmtl/cli init ideas").waitFor({ timeout: 20_000 });
    await toast(page, "No project was made: the terminal says why").waitFor({ timeout: 30_000 });
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("that becomes one without its packages is offered to install them", async () => {
    writeFileSync(join(editor.folder, "package.json"), `{ "dependencies": { "@qmtl/cli": "0.1.0" } }`);
    writeFileSync(join(editor.folder, "qmtl.config.ts"), "export default {};\n");
    await runCommand(page, "QMTL: Focus on Worlds View");
    const row = page.locator(".pane-body .monaco-list-row", { hasText: "has no @qmtl/cli yet" });
    await row.click({ timeout: 30_000 });
    await terminal(page, "npm install").waitFor({ timeout: 20_000 });
    await toast(page, "The packages were not installed: the terminal says why").waitFor({ timeout: 30_000 });
    await shoot(page, "no-packages");
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("has the extension's own page, with its icon and what it does, offline", async () => {
    await runCommand(page, "Extensions: Show Installed Extensions");
    const row = page.locator(".extensions-list .monaco-list-row", { hasText: "QMTL" }).first();
    await row.click({ timeout: 30_000 });
    await page.locator(".extension-editor .name", { hasText: "QMTL" }).waitFor({ timeout: 20_000 });
    const readme = page.frameLocator("iframe.webview").frameLocator("#active-frame");
    await readme.locator("h1", { hasText: "QMTL for VS Code" }).waitFor({ timeout: 30_000 });
    const icon = "document.querySelector('.extension-editor img.icon')?.naturalWidth ?? 0";
    expect(await page.evaluate<number>(icon)).toBeGreaterThan(0);
    await shoot(page, "listing");
  });
});

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { editing, ready, runCommand, SKIPPED, shoot } from "./editor.kit.ts";

describe.skipIf(SKIPPED !== "")(`the extension's own page${SKIPPED}`, () => {
  let page: Page;
  editing({
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ page } = opened);
      await ready(page);
    },
  });

  test("shows its icon and what it does, offline", async () => {
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

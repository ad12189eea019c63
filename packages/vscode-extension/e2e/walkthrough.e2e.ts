import { readdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  command,
  type Editor,
  editing,
  lens,
  ready,
  runCommand,
  SKIPPED,
  searchCommands,
  shoot,
  terminal,
  toast,
  until,
} from "./editor.kit.ts";

describe.skipIf(SKIPPED !== "")(`an empty folder, and the walkthrough${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  editing({
    bare: "packages",
    begin(opened) {
      ({ editor, page } = opened);
    },
  });

  const input = () => page.locator(".quick-input-widget:visible .quick-input-box input");
  const open = async (): Promise<void> => {
    await runCommand(page, "Welcome: Open Walkthrough");
    await input().fill("QMTL");
    await page.locator(".quick-input-widget .monaco-list-row", { hasText: "Get started with QMTL" }).first().click();
    await page.locator(".gettingStartedContainer .getting-started-step").first().waitFor({ timeout: 20_000 });
  };
  const done = () =>
    page.locator(".gettingStartedContainer .getting-started-step .codicon-getting-started-step-checked:visible");
  const button = (title: string) =>
    page.locator(".gettingStartedContainer .getting-started-step .monaco-button", { hasText: title });

  test("the view says what a project is, and leads to five steps, none of them done", async () => {
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").click({ timeout: 60_000 });
    const welcome = page.locator(".welcome-view-content:visible", { hasText: "A project is a folder" });
    await welcome.getByRole("button", { name: "New Project" }).waitFor({ timeout: 60_000 });
    await shoot(page, "empty-folder");
    await welcome.getByRole("button", { name: "Get Started" }).click();
    await page.locator(".gettingStartedContainer .getting-started-step").first().waitFor({ timeout: 20_000 });
    expect(await page.locator(".gettingStartedContainer .getting-started-step").count()).toBe(5);
    expect(await done().count()).toBe(0);
    // There is nothing yet that they could be about.
    await searchCommands(page, "QMTL: ", "QMTL: New Project");
    expect(await command(page, "QMTL: ").allTextContents()).toEqual([
      expect.stringContaining("Focus on Worlds View"),
      expect.stringContaining("New Project"),
      expect.stringContaining("Show Output"),
    ]);
    await page.keyboard.press("Escape");
  });

  test("is completed from there, offline, by its own buttons and in less than three minutes", async () => {
    const began = Date.now();
    await button("New Project").click();
    await terminal(page, "npx @qmtl/cli init .").waitFor({ timeout: 20_000 });
    await page.locator(".tab.active", { hasText: "sma-cross.ts" }).waitFor({ timeout: 30_000 });
    expect(readdirSync(editor.folder)).toEqual(expect.arrayContaining(["qmtl.config.ts", "strategies", "worlds"]));
    await ready(page);
    await shoot(page, "new-project");
    await open();
    await until("the first step is done", async () => (await done().count()) === 1);

    // It leads to the next one by itself.
    const trend = page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: /^Trend/ });
    await until("its name is asked for", async () => {
      // The step that it has just gone on to takes the focus, and with it what asks.
      if ((await input().count()) === 0) await button("New Strategy from Template").click();
      await trend.click({ timeout: 3_000 }).catch(() => {});
      return input()
        .inputValue({ timeout: 1_000 })
        .then(
          (name) => name.startsWith("my-"),
          () => false,
        );
    });
    await page.keyboard.press("Enter");
    await page.locator(".tab.active.dirty", { hasText: ".ts" }).waitFor({ timeout: 20_000 });
    await open();
    await until("the second step is done", async () => (await done().count()) === 2);

    // The walkthrough is in front: what it submits is the strategy that was in front before, which is not saved yet.
    await page.locator(".getting-started-step", { hasText: "Submit it to a world" }).click();
    const pictures = page.frameLocator("iframe.webview").last().frameLocator("#active-frame").locator("body");
    await until(
      "its picture is shown, from the extension's own files",
      // Each step has a page of its own: the one before it may go while it is looked at.
      async () => (await pictures.evaluate("document.images[0]?.naturalWidth ?? 0").catch(() => 0)) === 1280,
    );
    await shoot(page, "walkthrough-picture");
    await button("Submit to World").click();
    await toast(page, "my-trend in sp500-trend: active").first().waitFor({ timeout: 60_000 });
    await lens(page, "last: active").waitFor({ timeout: 20_000 });
    await open();
    await until("the third step is done", async () => (await done().count()) === 3);

    await page.locator(".getting-started-step", { hasText: "Read the result" }).click();
    await button("Show Tearsheet").click();
    await page
      .frameLocator("iframe.webview")
      .last()
      .frameLocator("#active-frame")
      .locator("h1")
      .waitFor({ timeout: 30_000 });
    await open();
    await page.locator(".getting-started-step", { hasText: "Look at the world" }).click();
    await button("Open World").click();
    await page.locator(".tab.active", { hasText: "sp500-trend.yml" }).waitFor({ timeout: 20_000 });
    await open();
    await until("all steps are done", async () => (await done().count()) === 5);
    expect(Date.now() - began).toBeLessThan(180_000);
    await shoot(page, "walkthrough");
  });
});

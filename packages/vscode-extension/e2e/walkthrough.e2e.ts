import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Editor,
  faultsOf,
  lens,
  openWorkbench,
  ready,
  runCommand,
  SKIPPED,
  shoot,
  shootFailure,
  startBrowser,
  startEditor,
  toast,
  until,
} from "./editor.kit.ts";

describe.skipIf(SKIPPED !== "")(`the walkthrough${SKIPPED}`, () => {
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    editor = await startEditor();
    browser = await startBrowser();
    page = await openWorkbench(browser, editor, "strategies/sma-cross.ts");
    await ready(page);
  });
  afterEach(({ task }) => shootFailure(page, task));
  afterAll(async () => {
    await page?.close();
    await browser?.close();
    await editor?.stop();
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

  test("has five steps, none of them done at first", async () => {
    await open();
    expect(await page.locator(".gettingStartedContainer .getting-started-step").count()).toBe(5);
    expect(await done().count()).toBe(0);
  });

  test("is completed on the sample world, offline, step by step", async () => {
    await button("New Strategy from Template").click();
    await page.locator(".quick-input-widget .monaco-list-row").first().click({ timeout: 20_000 });
    await until("its name is asked for", async () => (await input().inputValue()).startsWith("my-"));
    await page.keyboard.press("Enter");
    await page.locator(".tab.active.dirty", { hasText: ".ts" }).waitFor({ timeout: 20_000 });
    await open();
    await until("the first step is done", async () => (await done().count()) === 1);

    await page.locator(".getting-started-step", { hasText: "See what is wrong while you type" }).click();
    await button("Show Problems").click();
    await until("the second step is done", async () => (await done().count()) === 2);

    await page.locator(".tab", { hasText: "sma-cross.ts" }).first().click();
    await lens(page).first().waitFor({ timeout: 20_000 });
    await runCommand(page, "QMTL: Submit to World");
    await toast(page, "sma-cross in sp500-trend: active").waitFor({ timeout: 60_000 });
    await runCommand(page, "QMTL: Show Tearsheet");
    await page.frameLocator("iframe.webview").frameLocator("#active-frame").locator("h1").waitFor({ timeout: 30_000 });
    await runCommand(page, "QMTL: Open World");
    await page.locator(".tab.active", { hasText: "sp500-trend.yml" }).waitFor({ timeout: 20_000 });
    await open();
    await until("all steps are done", async () => (await done().count()) === 5);
    await shoot(page, "walkthrough");
  });

  test("leaves no error on the console", () => {
    expect(faultsOf(page)).toEqual([]);
  });
});

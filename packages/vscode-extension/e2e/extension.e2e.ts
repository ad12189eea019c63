import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Editor, installed, openWorkbench, runCommand, shoot, startBrowser, startEditor } from "./editor.kit.ts";

const FLAWED = `import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, strategy, stream, targetWeights } from "@qmtl/core/strategy";

export default strategy({
  name: "flawed",
  graph(): Decision {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const held = node({
      name: "held",
      inputs: { close: bars.close },
      output: { weight: fraction },
      compute: ({ close }) => ({ weight: Math.random() < close ? 1 : 0 }),
    });
    return targetWeights(held.weight);
  },
});
`;

const lens = (page: Page) => page.locator(".codelens-decoration a", { hasText: "Submit to" });
const toast = (page: Page, text: string) => page.locator(".notification-toast", { hasText: text });

const why = installed.entry === undefined ? " (skipped: VS Code is not installed)" : "";

describe.skipIf(why !== "")(`the extension in VS Code${why}`, () => {
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];
  beforeAll(async () => {
    editor = await startEditor({ files: { "strategies/flawed.ts": FLAWED } });
    browser = await startBrowser();
    page = await openWorkbench(browser, editor, "strategies/sma-cross.ts");
    page.on("pageerror", ({ message }) => errors.push(message));
  });
  afterAll(async () => {
    await browser?.close();
    await editor?.stop();
  });

  test("shows one line above a strategy", async () => {
    await lens(page).waitFor({ timeout: 60_000 });
    expect(await lens(page).count()).toBe(1);
  });

  test("says what a node's columns are and how long they warm up", async () => {
    await page.locator(".monaco-editor .view-line span[class*=dyn-rule]").first().waitFor({ timeout: 30_000 });
    await shoot(page, "strategy");
  });

  test("submits from the line, and shows the verdict in it", async () => {
    await lens(page).click();
    await toast(page, "sma-cross in sp500-trend: active, Sharpe 0.28").waitFor({ timeout: 60_000 });
    await page.locator(".codelens-decoration a", { hasText: "last: active, Sharpe 0.28" }).waitFor({ timeout: 20_000 });
    expect(await lens(page).count()).toBe(1);
    await shoot(page, "submitted");
  });

  test("opens the tearsheet of the run, with its charts drawn", async () => {
    await toast(page, "sma-cross in sp500-trend").getByRole("button", { name: "Show Tearsheet" }).click();
    const sheet = page.frameLocator("iframe.webview").frameLocator("#active-frame");
    await sheet.locator("h1").waitFor({ timeout: 30_000 });
    expect(await sheet.locator("h1").textContent()).toContain("sma-cross");
    await sheet.locator("canvas").first().waitFor({ timeout: 30_000 });
    await shoot(page, "tearsheet");
    await runCommand(page, "View: Close All Editors in Group");
  });

  test("lists the world, its strategies and their runs", async () => {
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").click();
    const row = (text: string) => page.locator(".pane-body .monaco-list-row", { hasText: text }).first();
    await row("sp500-trend").waitFor({ timeout: 30_000 });
    await row("sp500-trend").click();
    await row("sma-cross").waitFor({ timeout: 30_000 });
    expect(await row("sma-cross").textContent()).toContain("active");
    await row("sma-cross").click();
    await row("Sharpe 0.28").waitFor({ timeout: 30_000 });
    await shoot(page, "worlds");
  });

  test("marks what is wrong with a strategy while it is open", async () => {
    const flawed = await openWorkbench(browser, editor, "strategies/flawed.ts");
    await flawed.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
    await runCommand(flawed, "Problems: Focus on Problems View");
    const problem = flawed.locator(".markers-panel .monaco-list-row", { hasText: "C403" });
    await problem.first().waitFor({ timeout: 20_000 });
    await shoot(flawed, "problems");
    await flawed.close();
  });

  test("leaves no error behind", () => {
    expect(errors).toEqual([]);
  });
});

describe.skipIf(why !== "")(`a workspace that is not trusted${why}`, () => {
  let editor: Editor;
  let browser: Browser;
  beforeAll(async () => {
    editor = await startEditor({ files: { "strategies/flawed.ts": FLAWED }, trust: true });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await editor?.stop();
  });

  test("is analysed, and nothing of it is run", async () => {
    const page = await openWorkbench(browser, editor, "strategies/flawed.ts");
    await page.locator(".part.statusbar", { hasText: "Restricted Mode" }).waitFor({ timeout: 60_000 });
    await page.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
    await page
      .locator(".codelens-decoration a", { hasText: "Trust this workspace to submit" })
      .waitFor({ timeout: 20_000 });
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").click();
    await page.locator(".pane-body", { hasText: "shown in a trusted workspace" }).first().waitFor({ timeout: 20_000 });
    await shoot(page, "restricted");
  });
});

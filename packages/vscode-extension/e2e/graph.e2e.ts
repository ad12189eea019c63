import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Editor,
  faultsOf,
  lens,
  line,
  openFile,
  openWorkbench,
  runCommand,
  SKIPPED,
  shoot,
  shootFailure,
  startBrowser,
  startEditor,
} from "./editor.kit.ts";

const sheet = (page: Page) => page.frameLocator("iframe.webview").frameLocator("#active-frame");
const node = (page: Page, key: string) => sheet(page).locator(`.node[data-key="${key}"]`);
/** Line and column as the status bar has them. */
const caret = (page: Page) => page.locator(".statusbar-item[id='status.editor.selection']").textContent();

describe.skipIf(SKIPPED !== "")(`a strategy's graph${SKIPPED}`, () => {
  let editor: Editor;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    editor = await startEditor();
    browser = await startBrowser();
    // The file is not in the address: after a reload it would be opened instead of what was open.
    page = await openWorkbench(browser, editor);
    await openFile(page, editor, "strategies/sma-cross.ts");
    await lens(page).waitFor({ timeout: 60_000 });
  });
  afterEach(({ task }) => shootFailure(page, task));
  afterAll(async () => {
    await page?.close();
    await browser?.close();
    await editor?.stop();
  });

  test("is drawn beside the code", async () => {
    await runCommand(page, "QMTL: Show Strategy Graph");
    await node(page, "trend").waitFor({ timeout: 30_000 });
    expect(await sheet(page).locator("h1").textContent()).toBe("sma-cross");
    expect(await sheet(page).locator(".node").count()).toBe(5);
    expect(await sheet(page).locator("path.edge").count()).toBe(6);
    await shoot(page, "graph");
  });

  test("leads from a node to its source", async () => {
    await node(page, "slow").dblclick();
    await expect.poll(() => caret(page), { timeout: 20_000 }).toContain("Ln 12");
  });

  test("follows the caret in the source", async () => {
    await line(page, "compute:").click();
    await page.keyboard.press("Home");
    await sheet(page).locator('.node.caret[data-key="trend"]').waitFor({ timeout: 20_000 });
    expect(await sheet(page).locator(".node.caret").count()).toBe(1);
  });

  test("shows where a column comes from and goes to", async () => {
    await node(page, "slow").locator(".row").click();
    await sheet(page)
      .locator('.node[data-key="bars"] .row.upstream', { hasText: "close" })
      .waitFor({ timeout: 10_000 });
    await sheet(page).locator('.node[data-key="trend"] .row.downstream', { hasText: "weight" }).waitFor();
    expect(await sheet(page).locator(".row.upstream").count()).toBe(1);
    const aside = sheet(page).locator("aside");
    expect(await aside.textContent()).toContain("Made ofbars.close");
    await shoot(page, "graph-lineage");
  });

  test("is walked with the arrow keys, and opened with Enter", async () => {
    await node(page, "bars").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    const focused = () => sheet(page).locator(":focus").getAttribute("data-key");
    expect(await focused()).toBe("result");
    await page.keyboard.press("ArrowLeft");
    expect(await focused()).toBe("trend");
    await page.keyboard.press("Enter");
    await expect.poll(() => caret(page), { timeout: 20_000 }).toContain("Ln 13");
  });

  test("says the same in a table", async () => {
    await sheet(page).locator("summary").click();
    const row = sheet(page).locator("tbody tr", { has: page.locator("th", { hasText: "targetWeights" }) });
    expect(await row.textContent()).toContain("trend.weight");
  });

  test("changes as one types", async () => {
    await line(page, "const fast").click();
    await page.keyboard.press("Home");
    await page.keyboard.insertText("const extra = sma(bars.high, 5);\n");
    await node(page, "extra").waitFor({ timeout: 20_000 });
    expect(await node(page, "extra").getAttribute("class")).toContain("unused");
    await runCommand(page, "File: Revert File");
    await expect.poll(() => node(page, "extra").count(), { timeout: 20_000 }).toBe(0);
  });

  test("leaves no error on the console", () => {
    expect(faultsOf(page)).toEqual([]);
  });

  test("is there again after a reload, with what was chosen", async () => {
    await node(page, "slow").locator(".row").click();
    await sheet(page).locator('.node.selected[data-key="slow"]').waitFor();
    await runCommand(page, "Developer: Reload Window");
    await sheet(page).locator('.node.selected[data-key="slow"]').waitFor({ timeout: 60_000 });
    await sheet(page).locator('.node[data-key="bars"] .row.upstream').waitFor();
  });
});

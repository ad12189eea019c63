import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Editor, editing, lens, line, openFile, runCommand, SKIPPED, shoot, toast } from "./editor.kit.ts";

const sheet = (page: Page) => page.frameLocator("iframe.webview").frameLocator("#active-frame");
const node = (page: Page, key: string) => sheet(page).locator(`.node[data-key="${key}"]`);
/** Line and column as the status bar has them. */
const caret = (page: Page) => page.locator(".statusbar-item[id='status.editor.selection']").textContent();

describe.skipIf(SKIPPED !== "")(`a strategy's graph${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  editing({
    // The file is not in the address: after a reload it would be opened instead of what was open.
    async begin(opened) {
      ({ editor, page } = opened);
      await openFile(page, editor, "strategies/sma-cross.ts");
      await lens(page).waitFor({ timeout: 60_000 });
    },
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

  test("says where a run spent its time, once there was one", async () => {
    const heat = sheet(page).locator(".heat");
    await sheet(page).getByRole("button", { name: "Hot path" }).click();
    expect(await heat.textContent()).toBe("No run has measured this strategy yet: submit it to a world.");
    expect(await sheet(page).locator(".node.hot").count()).toBe(0);
    // From the graph: it is the strategy that it shows.
    await runCommand(page, "QMTL: Submit to World");
    await toast(page, "sma-cross in sp500-trend: active").waitFor({ timeout: 60_000 });
    await heat.filter({ hasText: "→ trend → targetWeights took" }).waitFor({ timeout: 20_000 });
    expect(await heat.textContent()).toMatch(/bars → (fast|slow) → .* ms, \d+ % of the .* ms .* run in sp500-trend/);
    const times = await sheet(page).locator(".node .time").allTextContents();
    const shares = times.flatMap((text) => /^(?:◆ )?[\d.]+ ms · (\d+) %$/.exec(text)?.[1] ?? []);
    expect(shares).toHaveLength(3);
    expect(Math.abs(shares.reduce((sum, share) => sum + Number(share), 0) - 100)).toBeLessThan(3);
    expect(await sheet(page).locator(".node.hot").count()).toBe(4);
    expect(await node(page, "trend").getAttribute("aria-label")).toMatch(/ms, \d+ %, on the hot path$/);
    const row = sheet(page).locator("tbody tr", { has: page.locator("th", { hasText: "trend" }) });
    expect(await row.locator("td").last().textContent()).toMatch(/ms, \d+ %, on the hot path$/);
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("is there again after a reload, with what was chosen", async () => {
    const upstream = sheet(page).locator('.node[data-key="bars"] .row.upstream');
    await node(page, "slow").locator(".row").click();
    await sheet(page).locator('.node.selected[data-key="slow"]').waitFor();
    await upstream.waitFor();
    await runCommand(page, "Developer: Reload Window");
    await sheet(page).locator('.node.selected[data-key="slow"]').waitFor({ timeout: 60_000 });
    await upstream.waitFor();
    await sheet(page).locator(".node.hot").first().waitFor();
  });
});

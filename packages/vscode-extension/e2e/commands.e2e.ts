import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { worldText } from "../../cli/src/commands/init.ts";
import { muteRunner, projectAt, type TestProject } from "../../cli/src/project.test.kit.ts";
import {
  type Editor,
  editing,
  lens,
  line,
  menuOf,
  openFile,
  openRow,
  runCommand,
  SKIPPED,
  save,
  shoot,
  toast,
} from "./editor.kit.ts";

const W = "sp500-trend";
const WORLD = `${worldText({ id: W })}runners: { gate_ttl: 10s, freeze_timeout_ms: 1000 }\n`;

/** What of a menu is this extension's. */
const OURS = /Submit|Strategy Graph|Tearsheet|Compare Runs|Apply|World/;

const WRONG = `import { fraction, ohlcv } from "@qmtl/core/schema";
import { type Decision, node, strategy, stream, targetWeights } from "@qmtl/core/strategy";

export default strategy({
  name: "wrong",
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

describe.skipIf(SKIPPED !== "")(`commands on a world with runs${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  let project: TestProject;
  editing({
    files: { [`worlds/${W}.yml`]: WORLD, "strategies/wrong.ts": WRONG },
    async prepare(editor) {
      project = projectAt(editor.folder);
      await project.submit("strategies/sma-cross.ts");
      // A runner that never answers: what the second submission decides is rolled back, and waits to be applied.
      const mute = await muteRunner(project);
      await project.submit("strategies/sma-cross.ts", "--param", "fast=12", "--wait", "30");
      await mute.leave();
    },
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await lens(page).waitFor({ timeout: 120_000 });
    },
  });

  const sheet = () => page.frameLocator("iframe.webview").frameLocator("#active-frame");
  const picked = (text: string) => page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: text });
  const treeRow = (text: string) => page.locator(".pane-body .monaco-list-row", { hasText: text }).first();
  const dialog = () => page.locator(".monaco-dialog-box");

  test("two runs are compared: one chart, and what differs", async () => {
    await runCommand(page, "QMTL: Compare Runs");
    await picked("fast=12").waitFor({ timeout: 30_000 });
    expect(await picked("sma-cross").count()).toBe(2);
    await picked("fast=10").click();
    await picked("fast=12").click();
    await sheet().locator("#chart-growth canvas").waitFor({ timeout: 30_000 });
    expect(await sheet().locator("#params tbody tr", { hasText: "fast" }).textContent()).toMatch(/10.*12.*differs/);
    expect(await sheet().locator("#origin tr", { hasText: "Dataset fingerprint" }).textContent()).toContain("same");
    expect(await sheet().locator("#metrics tr", { hasText: "sharpe" }).first().textContent()).toMatch(/better|worse/);
    // The page has the editor's theme, whatever the system's.
    expect(await sheet().locator("html").getAttribute("data-theme")).toBe("light");
    await shoot(page, "compare");
    await runCommand(page, "View: Close All Editors in Group");
  });

  test("the tree has what was decided, what is held and how the last apply ended", async () => {
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").click();
    await openRow(treeRow(W), treeRow("last apply"));
    expect(await treeRow("last apply").textContent()).toContain("rolled back");
    await openRow(treeRow("allocations"), treeRow("of the world's equity"));
    await shoot(page, "world-tree");
  });

  test("an apply from the tree shows its plan, and does nothing when it is cancelled", async () => {
    const records = (await project.journal()).length;
    const menu = await menuOf(page, treeRow(W));
    expect(menu.titles.filter((title) => OURS.test(title))).toEqual(["Apply Decision…"]);
    await menu.choose("Apply Decision…");
    await dialog().waitFor({ timeout: 30_000 });
    const said = await dialog().textContent();
    expect(said).toMatch(/apply decision \d+\?/);
    expect(said).toMatch(/enters: not active →/);
    expect(said).toContain("No runner has to answer");
    await shoot(page, "apply-plan");
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await dialog().waitFor({ state: "detached" });
    expect(await project.journal()).toHaveLength(records);
  });

  test("an apply that is confirmed is done, and says so", async () => {
    await runCommand(page, "QMTL: Apply Decision");
    await dialog().getByRole("button", { name: "Apply", exact: true }).click({ timeout: 30_000 });
    await toast(page, "is completed").waitFor({ timeout: 30_000 });
    await runCommand(page, "QMTL: Apply Decision");
    await dialog().waitFor({ timeout: 30_000 });
    expect(await dialog().textContent()).toContain("nothing would change");
    await page.keyboard.press("Escape");
    await expect.poll(() => treeRow("last apply").textContent(), { timeout: 20_000 }).toContain("completed");
  });

  test("a run in the tree is compared from its own menu", async () => {
    await openRow(treeRow("sma-cross"), treeRow("Sharpe"));
    const menu = await menuOf(page, treeRow("Sharpe"));
    expect(menu.titles.filter((title) => OURS.test(title))).toEqual(["Compare Runs…"]);
    await menu.choose("Compare Runs…");
    await page.locator(".quick-input-widget:visible", { hasText: "with (B)" }).waitFor({ timeout: 20_000 });
    // The other one is left.
    expect(await page.locator(".quick-input-widget:visible .monaco-list-row").count()).toBe(1);
    await page.keyboard.press("Escape");
  });

  test("a strategy's editor has them in its menu, a world's has not", async () => {
    await openFile(page, editor, `worlds/${W}.yml`);
    const none = await menuOf(page, line(page, "as_of:").first());
    expect(none.titles).toContain("Command Palette...");
    expect(none.titles.filter((title) => OURS.test(title))).toEqual([]);
    await page.keyboard.press("Escape");
    await openFile(page, editor, "strategies/sma-cross.ts");
    const menu = await menuOf(page, line(page, "const fast").first());
    expect(menu.titles.filter((title) => OURS.test(title))).toEqual([
      "Submit to World",
      "Show Strategy Graph",
      "Show Tearsheet",
    ]);
    await menu.choose("Show Strategy Graph");
    await sheet().locator('.node[data-key="trend"]').waitFor({ timeout: 30_000 });
    await runCommand(page, "View: Close All Editors");
  });

  test("the whole workspace is checked, and what was found is shown", async () => {
    await runCommand(page, "QMTL: Check Workspace");
    await toast(page, "1 error in 4 files").waitFor({ timeout: 30_000 });
    await page.locator(".markers-panel .monaco-list-row", { hasText: "C403" }).first().waitFor({ timeout: 20_000 });
    await shoot(page, "check");
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("a template becomes a strategy that is judged, with the world that it needs", async () => {
    await runCommand(page, "QMTL: New Strategy from Template");
    await picked("Pairs").waitFor({ timeout: 20_000 });
    expect(await page.locator(".quick-input-widget:visible .monaco-list-row").count()).toBe(5);
    await shoot(page, "templates");
    await picked("Pairs").click();
    await page.locator(".quick-input-widget:visible input").fill("soft-drinks");
    await page.keyboard.press("Enter");
    await toast(page, "Pairs compares symbols").getByRole("button", { name: "Make worlds/sample-shares.yml" }).click();
    await expect
      .poll(() => existsSync(join(editor.folder, "worlds/sample-shares.yml")), { timeout: 10_000 })
      .toBe(true);
    await page.locator(".tab.active", { hasText: "soft-drinks.ts" }).click();
    await save(page);
    await lens(page).waitFor({ timeout: 20_000 });
    await runCommand(page, "QMTL: Submit to Another World");
    await picked("sample-shares").click({ timeout: 30_000 });
    await toast(page, "soft-drinks in sample-shares").waitFor({ timeout: 60_000 });
    await page.locator(".squiggly-error").waitFor({ state: "detached" });
  });
});

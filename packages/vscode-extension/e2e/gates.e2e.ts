import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Editor, editing, openFile, ready, runCommand, SKIPPED, save, shoot } from "./editor.kit.ts";

describe.skipIf(SKIPPED !== "")(`gates in the Test Explorer${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  editing({
    async prepare(editor) {
      const sample = readFileSync(join(editor.folder, "worlds/sp500-trend.yml"), "utf8");
      writeFileSync(
        join(editor.folder, "worlds/strict.yml"),
        sample.replace("id: sp500-trend", "id: strict").replace("max_drawdown <= 0.4", "max_drawdown <= 0.05"),
      );
    },
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await ready(page);
    },
  });

  const rows = () => page.locator(".test-explorer .monaco-list-row");
  const row = (text: string) => rows().filter({ hasText: text });
  const open = async (text: string): Promise<void> => {
    await row(text).first().click();
    await page.keyboard.press("ArrowRight");
  };

  test("stand below each world and each strategy that fits it, before anything ran", async () => {
    await runCommand(page, "Testing: Focus on Test Explorer View");
    await row("strict").waitFor({ timeout: 30_000 });
    await row("sp500-trend").waitFor();
    await open("strict");
    await row("sma-cross").waitFor();
    await open("sma-cross");
    await row("drawdown").waitFor();
    expect(await row("drawdown").textContent()).toContain("max_drawdown <= 0.05");
    expect(await row("trades").count()).toBe(1);
  });

  test("fail with the distance to their bound, and pass, when the strategy is submitted", async () => {
    await runCommand(page, "Test: Run All Tests");
    await row("drawdown").locator(".codicon-testing-failed-icon").waitFor({ timeout: 90_000 });
    await row("trades").locator(".codicon-testing-passed-icon").waitFor({ timeout: 20_000 });
    await runCommand(page, "Test Results: Focus on Test Results View");
    const reason = page.locator(".panel .monaco-list-row", { hasText: /max_drawdown is [\d.]+ .*\(short by [\d.]+\)/ });
    await reason.first().waitFor({ timeout: 20_000 });
    await shoot(page, "gates");
  });

  test("are judged again on each save, in a continuous run", async () => {
    const world = readFileSync(join(editor.folder, "worlds/strict.yml"), "utf8");
    await runCommand(page, "Test: Start Continuous Run");
    writeFileSync(join(editor.folder, "worlds/strict.yml"), world.replace("<= 0.05", "<= 0.5"));
    await openFile(page, editor, "strategies/sma-cross.ts", "/** Holds");
    await page.keyboard.type("// judged again\n");
    await save(page);
    await row("drawdown").locator(".codicon-testing-passed-icon").waitFor({ timeout: 90_000 });
    await runCommand(page, "Test: Stop Continuous Run");
  });
});

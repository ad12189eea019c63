import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Editor, editing, openFile, ready, runCommand, SKIPPED, save, shoot } from "./editor.kit.ts";
import { FLAWS, MISSPELT_COLUMN, MISTAKEN_WORLD } from "./flawed.kit.ts";

const NONDETERMINISTIC = FLAWS[0]!.text
  .replace('"d-domain"', '"flawed"')
  .replace('\n  domains: ["backtest", "paper"],', "")
  .replace("close > 0", "Math.random() < close");

describe.skipIf(SKIPPED !== "")(`what is wrong with a strategy, in VS Code${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  const flawed = Object.fromEntries([...FLAWS, MISSPELT_COLUMN].map(({ file, text }) => [file, text]));
  editing({
    files: { ...flawed, "strategies/flawed.ts": NONDETERMINISTIC },
    async prepare(editor) {
      const sample = readFileSync(join(editor.folder, "worlds/sp500-trend.yml"), "utf8");
      writeFileSync(
        join(editor.folder, MISTAKEN_WORLD.file),
        sample.replace("id: sp500-trend", "id: mistaken").replace("max_drawdown", MISTAKEN_WORLD.at),
      );
    },
    file: "strategies/flawed.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await ready(page);
    },
  });

  const onDisk = (file: string) => readFileSync(join(editor.folder, file), "utf8");
  /** The row of a finding in the Problems view. */
  const problem = (text: string) => page.locator(".markers-panel .monaco-list-row", { hasText: text });
  const squiggles = () => page.locator(".editor-instance .view-overlays [class*=squiggly-]");
  const applyFix = async (title: string): Promise<void> => {
    const action = page.locator(".action-widget .monaco-list-row", { hasText: title }).first();
    // TypeScript's own list may come before ours has been asked: it is opened again until the fix is there.
    for (let tries = 0; !(await action.isVisible()) && tries < 20; tries++) {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+.");
      await action.waitFor({ timeout: 1_500 }).catch(() => {});
    }
    await action.click();
    await action.waitFor({ state: "detached" });
  };

  test("is a squiggle while it is open, and a row with its code in the Problems view", async () => {
    await squiggles().first().waitFor({ timeout: 30_000 });
    await runCommand(page, "Problems: Focus on Problems View");
    await problem("C403").first().waitFor({ timeout: 20_000 });
    await shoot(page, "problems");
  });

  test.for(FLAWS)("$code is shown, and its quick fix mends it", async ({ code, file, at, fix, fixed }) => {
    await openFile(page, editor, file, at);
    // Hints fade the text instead of underlining it, and stand in no list.
    if (code === "G302")
      await page.locator(".editor-instance .view-line .squiggly-inline-unnecessary").first().waitFor();
    else {
      await problem(code).first().waitFor({ timeout: 20_000 });
      await squiggles().first().waitFor({ timeout: 20_000 });
    }
    await applyFix(fix);
    await save(page);
    expect(onDisk(file)).toContain(fixed);
    await problem(code).first().waitFor({ state: "detached", timeout: 20_000 });
  });

  test("P701 is shown in a world's file, and its quick fix mends it", async () => {
    const { file, at, fix, fixed } = MISTAKEN_WORLD;
    await openFile(page, editor, file, at);
    await problem("P701").first().waitFor({ timeout: 20_000 });
    await squiggles().first().waitFor({ timeout: 20_000 });
    await shoot(page, "world-problem");
    await applyFix(fix);
    await save(page);
    expect(onDisk(file)).toContain(fixed);
    await problem("P701").first().waitFor({ state: "detached", timeout: 20_000 });
  });

  test("TypeScript's own error is left to TypeScript, and carries our quick fix", async () => {
    const { file, at, fix, fixed } = MISSPELT_COLUMN;
    await openFile(page, editor, file, at);
    await problem("clsoe").first().waitFor({ timeout: 60_000 });
    const said = await problem("clsoe").first().textContent();
    expect(said).toMatch(/ts\s*2551/);
    expect(await problem("S201").count()).toBe(0);
    await applyFix(fix);
    await save(page);
    expect(onDisk(file)).toContain(fixed);
    await problem("clsoe").first().waitFor({ state: "detached", timeout: 30_000 });
  });
});

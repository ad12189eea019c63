import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  type Editor,
  editing,
  lensTexts,
  line,
  openFile,
  ready,
  runCommand,
  SKIPPED,
  shoot,
  until,
} from "./editor.kit.ts";

describe.skipIf(SKIPPED !== "")(`a strategy that is written in VS Code${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  editing({
    file: "strategies/sma-cross.ts",
    begin: (opened) => {
      ({ editor, page } = opened);
    },
  });

  test("has one line above it, which stays while the text is broken", async () => {
    await ready(page);
    await openFile(page, editor, "strategies/sma-cross.ts", "return targetWeights");
    await page.keyboard.type("const broken = node({ name: ");
    await page.locator(".editor-instance .view-overlays [class*=squiggly-error]").first().waitFor({ timeout: 20_000 });
    expect(await lensTexts(page)).toHaveLength(1);
    await runCommand(page, "File: Revert File");
    await line(page, "const broken").waitFor({ state: "detached" });
    // What is reverted is a text anew: the editor asks for its lines again.
    await until("one line stands above it", async () => (await lensTexts(page)).length === 1);
  });

  test("says beside each node what its columns are and how long it warms up", async () => {
    await line(page, "warm-up 29 bars").waitFor({ timeout: 30_000 });
    await shoot(page, "strategy");
  });

  test("tells of a node what it is and what it reads, under the pointer", async () => {
    await openFile(page, editor, "strategies/sma-cross.ts", "trend = node");
    await runCommand(page, "Show or Focus Hover");
    const hover = page.locator(".monaco-hover:visible", { hasText: "weight" });
    await hover.first().waitFor({ timeout: 20_000 });
    await page.keyboard.press("Escape");
  });

  test("is renamed across files: a tag in its world and in every strategy that selects it", async () => {
    await openFile(page, editor, "worlds/sp500-trend.yml", "us-index");
    const input = page.locator(".rename-box input");
    // A key does nothing while the editor is not yet told that names in this file can be changed.
    await until("a new name is asked for", async () => {
      await page.keyboard.press("F2");
      return input.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    });
    await input.fill("large-caps");
    await page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
    await runCommand(page, "File: Save All Files");
    const onDisk = (file: string) => readFileSync(join(editor.folder, file), "utf8");
    await until("both files are renamed", () =>
      ["worlds/sp500-trend.yml", "strategies/sma-cross.ts"].every((file) => onDisk(file).includes("large-caps")),
    );
    expect(onDisk("worlds/sp500-trend.yml")).not.toContain("us-index");
    expect(onDisk("strategies/sma-cross.ts")).not.toContain("us-index");
  });
});

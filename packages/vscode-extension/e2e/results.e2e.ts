import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  afterText,
  type Editor,
  editing,
  lens,
  lensTexts,
  openFile,
  openRow,
  processesIn,
  ready,
  runCommand,
  SKIPPED,
  save,
  shoot,
  toast,
  until,
} from "./editor.kit.ts";
import { strategyText } from "./flawed.kit.ts";

/** Works long enough to be taken back, and not for ever. */
const SLOW = strategyText(
  "slow",
  `
const held = node({
  name: "held",
  inputs: { close: bars.close },
  output: { weight: fraction },
  compute: ({ close }) => {
    let sum = close;
    for (let i = 0; i < 20_000_000; i++) sum = (sum * 1.0000001) % 1000;
    return { weight: sum > 0 ? 1 : 0 };
  },
});`,
);

describe.skipIf(SKIPPED !== "")(`what came of a strategy, in VS Code${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  const SETTINGS = { "qmtl.figures.enabled": true, "qmtl.preview.pause": 150 };
  editing({
    files: { "strategies/slow.ts": SLOW },
    settings: SETTINGS,
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await ready(page);
    },
  });

  const status = () => page.locator(".statusbar-item", { hasText: "sp500-trend:" });

  test("is submitted from its line, and the verdict stands in it", async () => {
    await lens(page).click();
    await toast(page, "sma-cross in sp500-trend: active, Sharpe 0.28").waitFor({ timeout: 60_000 });
    await lens(page, "last: active, Sharpe 0.28").waitFor({ timeout: 20_000 });
    expect((await afterText(page)).join()).not.toContain("tried");
    expect(await lensTexts(page)).toHaveLength(1);
  });

  test("stands in the status bar with its mode and its age", async () => {
    await status().waitFor({ timeout: 20_000 });
    expect((await status().textContent())?.replaceAll(/\s+/g, " ")).toContain(
      "sp500-trend: active · compute-only · just now",
    );
  });

  test("stands beside each node at the end of its line", async () => {
    await until("figures at the ends of lines", async () =>
      (await afterText(page)).some((text) => /now \d.*mean/.test(text)),
    );
    expect((await afterText(page)).join("\n")).toMatch(/from \d{4}-/);
    await shoot(page, "submitted");
  });

  test("shows its equity and its figures under the pointer", async () => {
    await openFile(page, editor, "strategies/sma-cross.ts", "strategy({");
    await runCommand(page, "Show or Focus Hover");
    const hover = page.locator(".monaco-hover:visible", { hasText: "Last run in sp500-trend: active" });
    await hover.first().waitFor({ timeout: 20_000 });
    const picture = hover.locator('img[src^="data:image/svg+xml"]').first();
    await picture.waitFor();
    const width = "document.querySelector('.monaco-hover img[src^=\"data:image/svg+xml\"]')?.naturalWidth ?? 0";
    await until("the picture is drawn", async () => (await page.evaluate<number>(width)) > 0);
    expect(await hover.first().textContent()).toMatch(/greatest drawdown\s+[\d.]+\s%/);
    await shoot(page, "hover");
    await page.keyboard.press("Escape");
  });

  test("opens as a tearsheet with its charts drawn", async () => {
    await runCommand(page, "QMTL: Show Tearsheet");
    const sheet = page.frameLocator("iframe.webview").frameLocator("#active-frame");
    await sheet.locator("h1").waitFor({ timeout: 30_000 });
    expect(await sheet.locator("h1").textContent()).toContain("sma-cross");
    await sheet.locator("canvas").first().waitFor({ timeout: 30_000 });
    await shoot(page, "tearsheet");
    await runCommand(page, "View: Close All Editors in Group");
  });

  test("is said to be of the code before a change", async () => {
    await openFile(page, editor, "strategies/sma-cross.ts", "10, { min: 2");
    await page.keyboard.press("Delete");
    await page.keyboard.type("2");
    await until("stale figures", async () =>
      (await afterText(page)).some((text) => text.includes("before your change")),
    );
    await page.keyboard.press("Control+Z");
    await page.keyboard.press("Control+Z");
    await until("fresh figures", async () =>
      (await afterText(page)).every((text) => !text.includes("before your change")),
    );
    await runCommand(page, "File: Revert File");
  });

  test("is previewed at a pause in typing, with what was tried", async () => {
    await runCommand(page, "QMTL: Toggle Live Preview");
    // What stands there was submitted: to look at it again is no trial.
    await lens(page, "1 variant tried").waitFor({ timeout: 60_000 });
    await openFile(page, editor, "strategies/sma-cross.ts", "10, { min: 2");
    await page.keyboard.press("Delete");
    await page.keyboard.type("2");
    await lens(page, "2 variants tried").waitFor({ timeout: 60_000 });
    const first = await lens(page, "preview: Sharpe").textContent();
    expect(first).toMatch(/2\svariants\stried\s·\sdeflated\sSharpe/);
    await page.keyboard.press("Backspace");
    await page.keyboard.type("4");
    await lens(page, "3 variants tried").waitFor({ timeout: 30_000 });
    expect(await lensTexts(page)).toHaveLength(1);
    const beside = (await afterText(page)).join();
    expect(beside).not.toContain("before your change");
    expect(beside).toMatch(/Sharpe \d\.\d\d \([+−±]\d.*drawdown .* trades · 3 variants tried/);
    await shoot(page, "preview");
    await runCommand(page, "QMTL: Toggle Live Preview");
    await runCommand(page, "File: Revert File");
    // Switched off, what was previewed is gone.
    await lens(page, "last: active, Sharpe 0.28").waitFor({ timeout: 20_000 });
  });

  test("is marked where it is the world that holds it back, until the next submission", async () => {
    await openFile(page, editor, "strategies/sma-cross.ts", "fast > slow");
    const text = readFileSync(join(editor.folder, "strategies/sma-cross.ts"), "utf8");
    expect(text).toContain("fast > slow &&");
    await page.keyboard.type("close() && ");
    await save(page);
    await runCommand(page, "QMTL: Submit to World");
    await runCommand(page, "Problems: Focus on Problems View");
    const row = page.locator(".markers-panel .monaco-list-row", { hasText: "world sp500-trend" });
    await row.first().waitFor({ timeout: 60_000 });
    await openFile(page, editor, "strategies/sma-cross.ts", "close() && ");
    for (let i = 0; i < "close() && ".length; i++) await page.keyboard.press("Delete");
    await save(page);
    await runCommand(page, "QMTL: Submit to World");
    await row.first().waitFor({ state: "detached", timeout: 60_000 });
  });

  test("is not recorded when it is taken back, and nothing is left running", async () => {
    await runCommand(page, "Notifications: Clear All Notifications");
    await openFile(page, editor, "strategies/slow.ts", "name:");
    await lens(page, "Submit to a world").click();
    const going = toast(page, "Submitting to sp500-trend");
    await going.filter({ hasText: "Replaying history" }).waitFor({ timeout: 30_000 });
    // The one that runs it is among them; others wait, warm, for what comes next.
    const isolates = () => processesIn(editor.folder).filter(({ command }) => command.includes("child"));
    const running = isolates().map(({ pid }) => pid);
    expect(running).not.toEqual([]);
    await going.getByRole("button", { name: "Cancel" }).click();
    await going.waitFor({ state: "detached", timeout: 20_000 });
    await until("its process has ended", () => {
      const left = new Set(isolates().map(({ pid }) => pid));
      return running.some((pid) => !left.has(pid));
    });
    expect(await lens(page, "last:").count()).toBe(0);
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").click();
    await page.locator(".pane-body .monaco-list-row", { hasText: "sp500-trend" }).first().waitFor({ timeout: 30_000 });
    expect(await page.locator(".pane-body .monaco-list-row", { hasText: "slow" }).count()).toBe(0);
  });

  test("is listed with its world and its runs", async () => {
    await runCommand(page, "QMTL: Focus on Worlds View");
    const row = (text: string) => page.locator(".pane-body .monaco-list-row", { hasText: text }).first();
    await openRow(row("sp500-trend"), row("sma-cross"));
    expect(await row("sma-cross").textContent()).toContain("active");
    await openRow(row("sma-cross"), row("Sharpe 0.28"));
    await shoot(page, "worlds");
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FrameLocator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { projectAt } from "../../cli/src/project.test.kit.ts";
import { faintTexts } from "./contrast.kit.ts";
import { type Editor, editing, openFile, ready, runCommand, SKIPPED, shoot, tab, toast } from "./editor.kit.ts";
import { strategyText } from "./flawed.kit.ts";

const THEMES = [
  { theme: "Default Light Modern", kind: "vscode-light" },
  { theme: "Default Dark Modern", kind: "vscode-dark" },
  { theme: "Default High Contrast", kind: "vscode-high-contrast" },
  { theme: "Default High Contrast Light", kind: "vscode-high-contrast-light" },
] as const;

const MANY = 60;
/** Means of means, four abreast. */
const LARGE = strategyText(
  "large",
  `${Array.from({ length: MANY }, (_, i) => `const ${nameOf(i)} = sma(${i < 4 ? "bars.close" : nameOf(i - 4)}, ${i + 2});`).join("\n")}
const held = node({
  name: "held",
  inputs: { ${Array.from({ length: 4 }, (_, i) => `x${i}: ${nameOf(MANY - 1 - i)}`).join(", ")} },
  output: { weight: fraction },
  domains: ["backtest", "dryrun"],
  compute: ({ x0, x1, x2, x3 }) => ({ weight: x0 + x1 > x2 + x3 ? 1 : 0 }),
});`,
).replace('from "@qmtl/core/schema";', 'from "@qmtl/core/schema";\nimport { sma } from "@qmtl/core/indicators";');

function nameOf(i: number): string {
  return i === 7 ? "aMeanWhoseNameIsLongerThanAnyBoxHasRoomFor" : `mean${i}`;
}

describe.skipIf(SKIPPED !== "")(`pages in the editor's themes${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  editing({
    files: { "strategies/large.ts": LARGE },
    async prepare({ folder }) {
      await projectAt(folder).submit("strategies/sma-cross.ts", "--param", "fast=12");
    },
    file: "strategies/sma-cross.ts",
    async begin(opened) {
      ({ editor, page } = opened);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await ready(page);
    },
  });

  const sheet = (): FrameLocator => page.frameLocator("iframe.webview").frameLocator("#active-frame");
  /** What a page would move, for those who asked that nothing does. */
  const moving = (): Promise<unknown> =>
    sheet()
      .locator("body")
      .evaluate(
        `[...document.querySelectorAll("*")].flatMap((element) => {
          const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
          const isStill = animationName === "none" && /^(0s(, )?)+$/.test(transitionDuration) && scrollBehavior === "auto";
          return isStill ? [] : [element.outerHTML.slice(0, 100)];
        })`,
      );
  const useTheme = async (theme: string, kind: string): Promise<void> => {
    writeFileSync(
      join(editor.folder, ".vscode/settings.json"),
      JSON.stringify({ "workbench.colorTheme": theme, "workbench.sideBar.location": "left" }),
    );
    await sheet().locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor({ timeout: 20_000 });
  };

  test("a strategy is submitted, and its graph shown with its hot path", async () => {
    await runCommand(page, "QMTL: Submit to World");
    await toast(page, "sma-cross in sp500-trend: active").waitFor({ timeout: 60_000 });
    await runCommand(page, "Notifications: Clear All Notifications");
    await runCommand(page, "View: Toggle Primary Side Bar Visibility");
    await runCommand(page, "QMTL: Show Strategy Graph");
    await sheet().getByRole("button", { name: "Hot path" }).click();
    await sheet().locator(".node.hot").first().waitFor({ timeout: 20_000 });
    await sheet().locator("summary").click();
    await sheet().locator('.node[data-key="slow"] .row').click();
  });

  test.each(THEMES)("the graph can be read in $theme", async ({ theme, kind }) => {
    await useTheme(theme, kind);
    await expect.poll(() => faintTexts(sheet().locator("body")), { timeout: 10_000 }).toEqual([]);
    const stroke = "getComputedStyle(document.querySelector('.edge.downstream')).stroke";
    expect(await sheet().locator("body").evaluate(stroke)).toMatch(/^rgb\(/);
    await shoot(page, `graph ${kind}`);
  });

  test(`a graph of ${MANY} nodes is drawn, and walked from end to end without a mouse`, async () => {
    await runCommand(page, "View: Close All Editors");
    await openFile(page, editor, "strategies/large.ts");
    await runCommand(page, "QMTL: Show Strategy Graph");
    await sheet().locator('.node[data-key="held"]').waitFor({ timeout: 30_000 });
    expect(await sheet().locator(".node").count()).toBe(MANY + 3);
    const focused = () => sheet().locator(":focus").getAttribute("data-key");
    const inView = `{ const { left, right } = document.activeElement.getBoundingClientRect(); left >= 0 && right <= innerWidth; }`;
    await sheet().locator('.node[data-key="bars"]').focus();
    await page.keyboard.press("End");
    expect(await focused()).toBe("result");
    await expect.poll(() => sheet().locator("body").evaluate(inView)).toBe(true);
    await page.keyboard.press("ArrowLeft");
    expect(await focused()).toBe("held");
    await shoot(page, "graph large");
  });

  test("the way to a node that is out of sight is smooth, and a step for those who want less motion", async () => {
    /** Whether the input of the decision that is chosen beside the graph is in sight at once. */
    const isThere = async (): Promise<unknown> => {
      await sheet().locator('.node[data-key="held"] .row').click();
      return sheet()
        .locator("body")
        .evaluate(`{
          for (const one of document.querySelectorAll("*")) one.scrollLeft = 0;
          [...document.querySelectorAll("aside button")].find((one) => one.textContent.startsWith("mean")).click();
          const { left, right } = document.querySelector(".node.selected").getBoundingClientRect();
          left >= 0 && right <= innerWidth;
        }`);
    };
    expect(await isThere()).toBe(true);
    expect(await moving()).toEqual([]);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await isThere()).toBe(false);
    await page.emulateMedia({ reducedMotion: "reduce" });
  });

  test("a page of the report is shown", async () => {
    await runCommand(page, "View: Close All Editors");
    await openFile(page, editor, "strategies/sma-cross.ts");
    await runCommand(page, "QMTL: Show Tearsheet");
    await sheet().locator("canvas").first().waitFor({ timeout: 30_000 });
    await tab(page, "sma-cross").waitFor();
  });

  test.each(THEMES)("the tearsheet can be read in $theme", async ({ theme, kind }) => {
    await useTheme(theme, kind);
    await expect.poll(() => faintTexts(sheet().locator("body")), { timeout: 10_000 }).toEqual([]);
    await shoot(page, `tearsheet ${kind}`);
    expect(await moving()).toEqual([]);
  });

  test("two runs are compared", async () => {
    await runCommand(page, "View: Close All Editors");
    await runCommand(page, "QMTL: Compare Runs");
    for (const fast of ["fast=10", "fast=12"])
      await page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: fast }).click({ timeout: 30_000 });
    await sheet().locator("#chart-growth canvas").waitFor({ timeout: 30_000 });
  });

  test.each(THEMES)("the comparison can be read in $theme", async ({ theme, kind }) => {
    await useTheme(theme, kind);
    await expect.poll(() => faintTexts(sheet().locator("body")), { timeout: 10_000 }).toEqual([]);
    await shoot(page, `compare ${kind}`);
    expect(await moving()).toEqual([]);
  });
});

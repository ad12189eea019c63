import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  command,
  type Editor,
  editing,
  lens,
  line,
  processesIn,
  runCommand,
  SKIPPED,
  searchCommands,
  shoot,
} from "./editor.kit.ts";
import { FLAWS } from "./flawed.kit.ts";

describe.skipIf(SKIPPED !== "")(`a workspace that is not trusted${SKIPPED}`, () => {
  let editor: Editor;
  let page: Page;
  const [flaw] = FLAWS;
  editing({
    files: { [flaw!.file]: flaw!.text },
    trust: true,
    // The editor's own: it registers TypeScript a second time when trust is given.
    expected: [/vscode\.typescript-language-features/],
    file: flaw!.file,
    begin: (opened) => {
      ({ editor, page } = opened);
    },
  });

  /** Processes that run its code; the language server reads it only. */
  const ofTheProject = () => processesIn(editor.folder).filter(({ command }) => command.includes("node_modules/@qmtl"));

  test("is analysed, and nothing of it is run", async () => {
    await page.locator(".part.statusbar", { hasText: "Restricted Mode" }).waitFor({ timeout: 60_000 });
    await page.locator(".view-overlays [class*=squiggly-]").first().waitFor({ timeout: 60_000 });
    await lens(page, "Trust this workspace to submit").waitFor({ timeout: 20_000 });
    await page.locator(".activitybar .action-label[aria-label^=QMTL]").click();
    await page.locator(".pane-body", { hasText: "shown in a trusted workspace" }).first().waitFor({ timeout: 20_000 });
    expect(ofTheProject()).toEqual([]);
    await shoot(page, "restricted");
  });

  test("offers no command that would run it", async () => {
    await searchCommands(page, "QMTL: ", "QMTL: Show Output");
    expect(await command(page, "QMTL: Submit to World").count()).toBe(0);
    expect(await command(page, "QMTL: Toggle Live Preview").count()).toBe(0);
    await page.keyboard.press("Escape");
    expect(ofTheProject()).toEqual([]);
  });

  test("works once it is trusted, without another start", async () => {
    // Another extension that registers makes the editor ask for lines again, but not while the text is without the focus: until then they are no links.
    await line(page, "export default").click();
    await lens(page, "Trust this workspace to submit").click();
    await page.getByRole("button", { name: "Trust", exact: true }).first().click();
    await page.getByText("You trust this folder").first().click();
    await page.keyboard.press("Escape");
    await lens(page, "Submit to").waitFor({ timeout: 60_000 });
    await runCommand(page, "QMTL: Submit to World");
    await page.locator(".notification-toast", { hasText: "d-domain" }).first().waitFor({ timeout: 60_000 });
    expect(ofTheProject()).not.toEqual([]);
  });
});

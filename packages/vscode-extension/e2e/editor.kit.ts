import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { type EditorServer, installed, REPOSITORY, startServer } from "./server.kit.ts";

/** Why tests of the editor are skipped, for their title; empty where they run. */
export const SKIPPED =
  installed.entry === undefined || installed.chromium === undefined
    ? ` (skipped: ${installed.missing ?? "run them with npm run test:e2e"})`
    : "";

/** Screenshots, kept as artefacts. */
export const SHOTS = join(REPOSITORY, "packages/vscode-extension/e2e/screenshots");

export interface EditorOptions {
  /** Beside those of a new project, by path in its folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Workspace trust is asked for; takes an editor of its own. */
  readonly trust?: boolean;
  /** An editor of its own, for tests that kill. */
  readonly own?: boolean;
  /** No project: a folder with `files` alone. Packages are in the folder above it, as npm and Node.js find them; with `none` there are no packages. */
  readonly bare?: "packages" | "none";
  /** Two folders, each a project, side by side. */
  readonly second?: Readonly<Record<string, string>>;
}

export interface Editor {
  readonly url: string;
  /** Where the editor keeps its own things. */
  readonly home: string;
  /** The project that is open; the first of two. */
  readonly folder: string;
  /** The second of two. */
  readonly other: string | undefined;
  readonly pid: number;
  /** What a page opens: a folder, or a workspace of two. */
  readonly query: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A new project in a real VS Code with the extension: the one that all tests share, unless they ask for their own. */
async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const shared = inject("shared");
  if (shared === undefined) throw new Error(`There is no editor${SKIPPED}`);
  const own: EditorServer | undefined =
    options.trust === true || options.own === true ? await startServer({ trust: options.trust === true }) : undefined;
  const { url, home, pid } = own ?? shared;
  const place = mkdtempSync(join(home, "work-"));
  const folder = join(place, "project");
  if (options.bare === undefined) makeProject(folder, options.files, options.settings);
  else {
    mkdirSync(folder);
    writeFiles(folder, options.files ?? {});
  }
  if (options.bare === "packages") symlinkSync(join(REPOSITORY, "node_modules"), join(place, "node_modules"));
  const other = options.second === undefined ? undefined : makeProject(join(place, "second"), options.second);
  const workspace = join(place, "both.code-workspace");
  if (other !== undefined)
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: "project" }, { path: "second" }] }));
  return {
    url,
    home,
    folder,
    other,
    pid,
    query: other === undefined ? { folder } : { workspace },
    async stop() {
      if (own !== undefined) await own.stop();
      else rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function makeProject(folder: string, files: EditorOptions["files"] = {}, settings: EditorOptions["settings"] = {}) {
  const qmtl = join(REPOSITORY, "packages/cli/bin/qmtl.js");
  const init = spawnSync(process.execPath, [qmtl, "init", folder], { encoding: "utf8" });
  if (init.status !== 0) throw new Error(`qmtl init: ${init.stderr}`);
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  writeFiles(folder, { ".vscode/settings.json": JSON.stringify(settings), ...files });
  return folder;
}

function writeFiles(folder: string, files: NonNullable<EditorOptions["files"]>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

function startBrowser(): Promise<Browser> {
  const shared = inject("shared");
  if (shared === undefined) throw new Error(`There is no browser${SKIPPED}`);
  return chromium.connect(shared.browser);
}

/** What the workbench says on its console that is not about the extension: parts that this editor is built without. */
const FOREIGN = [
  /vsda/,
  /authentication provider 'github'/,
  /Failed to load resource.*404/,
  /Aborted onWillSaveTextDocument-event/,
  /Invalid model for label change/,
  /Long running operations during shutdown/,
];

/** Errors of a page and of its console since it was opened; those of extensions are told there too. */
const faults = new WeakMap<Page, string[]>();

/** The workbench on the project, with a file open. */
async function openWorkbench(browser: Browser, { url, folder, query }: Editor, file?: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const told: string[] = [];
  faults.set(page, told);
  page.on("pageerror", ({ message }) => told.push(message));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !FOREIGN.some((known) => known.test(text))) told.push(text);
  });
  const params = new URLSearchParams(query);
  if (file !== undefined) {
    const uri = `vscode-remote://${new URL(url).host}${join(folder, file)}`;
    params.set("payload", JSON.stringify([["openFile", uri]]));
  }
  await page.goto(`${url}/?${params}`);
  await page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
  return page;
}

export interface Opened {
  readonly editor: Editor;
  readonly page: Page;
}

export interface Opening extends EditorOptions {
  /** Called before the page opens. */
  readonly prepare?: (editor: Editor) => void | Promise<void>;
  /** The file that the page opens with. */
  readonly file?: string;
  /** Called before the first test. */
  readonly begin: (opened: Opened) => void | Promise<void>;
  /** What these tests make the workbench complain of, because they break something. */
  readonly expected?: readonly RegExp[];
}

/** Around the tests of a file: a project on one page of the editor, a picture of each failure, and no error on the console at the end. */
export function editing({ prepare, file, begin, expected = [], ...options }: Opening): void {
  let [editor, browser, page]: [Editor?, Browser?, Page?] = [];
  beforeAll(async () => {
    editor = await startEditor(options);
    await prepare?.(editor);
    browser = await startBrowser();
    page = await openWorkbench(browser, editor, file);
    await begin({ editor, page });
  }, 400_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail" && page !== undefined)
      await shoot(page, `failed ${task.name.replaceAll(/\W+/g, " ")}`);
  });
  afterAll(async () => {
    // What closing breaks off is told as well, and is no fault.
    const told = [...((page && faults.get(page)) ?? [])];
    await page?.close();
    await browser?.close();
    await editor?.stop();
    expect(
      told.filter((text) => !expected.some((known) => known.test(text))),
      "errors on the console",
    ).toEqual([]);
  });
}

/** A command by its title, as a person finds it. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await searchCommands(page, title, title);
  await command(page, title).first().click({ timeout: 20_000 });
}

/** Leaves the palette open with what is found for a text, as soon as the command of this title is among it. */
export async function searchCommands(page: Page, text: string, title: string): Promise<void> {
  await search(page, "F1", `>${text}`, command(page, title).first());
}

/**
 * Leaves the box that a key opens open with what is found for a text. It has what there is when it opens, and closes when something else takes the
 * focus: it is opened again until what is looked for is there.
 */
async function search(page: Page, key: string, text: string, found: Locator): Promise<void> {
  const input = page.locator(".quick-input-widget:visible .quick-input-box input");
  await until(`${text} is found`, async () => {
    if ((await input.count()) > 0) await page.keyboard.press("Escape");
    await page.keyboard.press(key);
    if (!(await seen(input.fill(text, { timeout: 3_000 })))) return false;
    return seen(found.waitFor({ timeout: 3_000 }));
  });
}

/** Whether what is waited for has come in time. */
function seen(waiting: Promise<void>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

/** In the palette. */
export function command(page: Page, title: string): Locator {
  return page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: title });
}

/** Opens a row of a tree. One that is drawn anew just then takes a click for a choice: it is clicked again until what is below it is there. */
export async function openRow(row: Locator, below: Locator): Promise<void> {
  await until("the row is open", async () => {
    if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
    return seen(below.waitFor({ timeout: 3_000 }));
  });
}

/** Opens a file of the workspace, and puts the caret where `at` stands in it. */
export async function openFile(
  page: Page,
  { folder }: Pick<Editor, "folder">,
  file: string,
  at?: string,
): Promise<void> {
  const place = at === undefined ? "" : placeOf(readFileSync(join(folder, file), "utf8"), at);
  const row = page.locator(".quick-input-widget:visible .monaco-list-row", { hasText: basename(file) }).first();
  await search(page, "Control+P", `${file}${place}`, row);
  await row.click({ timeout: 20_000 });
  await tab(page, basename(file)).waitFor({ timeout: 20_000 });
}

/** Puts the caret in the file in front, whose text is given, where `at` stands in it. */
export async function goTo(page: Page, text: string, at: string): Promise<void> {
  const input = page.locator(".quick-input-widget:visible .quick-input-box input");
  await page.keyboard.press("Control+P");
  await input.waitFor();
  await input.fill(placeOf(text, at));
  await page.keyboard.press("Enter");
  await input.waitFor({ state: "hidden" });
}

function placeOf(text: string, at: string): string {
  const offset = text.indexOf(at);
  if (offset < 0) throw new Error(`${JSON.stringify(at)} does not stand there`);
  const lines = text.slice(0, offset).split("\n");
  return `:${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
}

/** The tab in front. */
export function tab(page: Page, name: string): Locator {
  return page.locator(".tab.active", { hasText: name }).first();
}

export function lens(page: Page, text = "Submit to"): Locator {
  return page.locator(".codelens-decoration a", { hasText: text });
}

/** The lines that stand above strategies. Whenever an extension registers, the editor shows those that it kept: they are links again once it has asked. */
export function lensTexts(page: Page): Promise<string[]> {
  return page.locator(".codelens-decoration", { hasText: "Submit to" }).allTextContents();
}

/** The extension is at work: there is a line above the strategy in front. */
export async function ready(page: Page): Promise<void> {
  try {
    await lens(page).first().waitFor({ timeout: 120_000 });
  } catch (error) {
    await shoot(page, "failed to get ready");
    throw error;
  }
}

export function toast(page: Page, text: string): Locator {
  return page.locator(".notification-toast", { hasText: text });
}

/** A line of the editor that holds a text; spaces are no-break ones on the screen. */
export function line(page: Page, text: string): Locator {
  return page.locator(".monaco-editor .view-line", { hasText: new RegExp(text.split(" ").map(escaped).join("\\s")) });
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

export async function save(page: Page): Promise<void> {
  await page.keyboard.press("Control+S");
  await page.locator(".tab.active.dirty").waitFor({ state: "detached", timeout: 10_000 });
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** What stands at the ends of lines. */
export function afterText(page: Page): Promise<string[]> {
  return page.evaluate(
    `[...document.querySelectorAll(".monaco-editor .view-line span[class*=ced-]")].map((span) =>
      getComputedStyle(span, "::after").content.replaceAll(/\\s/g, " "))`,
  );
}

/** The items of a menu that a right click opens, once it is open. */
export async function menuOf(
  page: Page,
  place: Locator,
): Promise<{ readonly titles: string[]; choose(title: string): Promise<void> }> {
  await place.click({ button: "right" });
  const items = page.locator(".context-view .monaco-menu .action-item .action-label:visible");
  await items.first().waitFor({ timeout: 10_000 });
  return {
    titles: await items.allTextContents(),
    // A menu that has just opened takes a click for the end of the one that opened it.
    choose: (title) =>
      until(`${title} is chosen`, async () => {
        await seen(items.filter({ hasText: title }).first().click({ timeout: 3_000 }));
        return seen(items.first().waitFor({ state: "hidden", timeout: 1_000 }));
      }),
  };
}

/** What the terminal in front says. */
export function terminal(page: Page, text: string): Locator {
  return page.locator(".terminal-wrapper.active .xterm-rows", {
    hasText: new RegExp(text.split(" ").map(escaped).join("\\s")),
  });
}

/** Looks again until it is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeout = 30_000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It did not come to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export { processes, processesIn } from "./server.kit.ts";

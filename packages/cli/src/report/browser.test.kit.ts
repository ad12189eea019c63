import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The browser of this machine: what `QMTL_CHROMIUM` names, or the first that is installed. */
export const CHROMIUM = process.env["QMTL_CHROMIUM"] ?? PLACES.find((file) => existsSync(file));

/** Why tests are skipped, for their title. */
export const SKIPPED = CHROMIUM === undefined ? " (skipped: no Chromium; install it or name one in QMTL_CHROMIUM)" : "";

/** Starts with an empty profile of its own. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM as string,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** Whatever the console, the page's errors and its requests say that should not be. */
  readonly faults: string[];
}

/** Opens a file as a reader does. */
export async function openFile(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const { href } = pathToFileURL(file);
  page.on("console", (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== href) faults.push(`request: ${request.url()}`);
  });
  await page.goto(href);
  return { page, faults };
}

/** Of a chart's canvas: how many of its columns hold a pixel of a colour of the style sheet, and a digest of all pixels. */
export function readCanvas(
  page: Page,
  chart: string,
  color: string,
): Promise<{ readonly width: number; readonly columns: number; readonly digest: number }> {
  return page.evaluate(
    // As text: this code belongs to the page, and has the page's globals.
    `(() => {
      const canvas = document.querySelector("#chart-${chart} canvas");
      const name = getComputedStyle(document.documentElement).getPropertyValue("--${color}").trim();
      const [red, green, blue] = [1, 3, 5].map((at) => parseInt(name.slice(at, at + 2), 16));
      const { width, height } = canvas;
      const copy = document.createElement("canvas");
      Object.assign(copy, { width, height });
      const context = copy.getContext("2d", { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      const columns = new Set();
      let digest = 0;
      for (let i = 0; i < data.length; i += 4) {
        digest = (digest * 31 + data[i] + data[i + 1] * 3 + data[i + 2] * 7 + data[i + 3]) % 2147483647;
        const near = Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue);
        if (data[i + 3] > 120 && near < 60) columns.add((i / 4) % width);
      }
      return { width, columns: columns.size, digest };
    })()`,
  );
}

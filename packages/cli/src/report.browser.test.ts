import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject } from "./project.test.kit.ts";
import { pageAssets } from "./report/assets.ts";
import { CHROMIUM, launchBrowser, type OpenedPage, openFile, readCanvas, SKIPPED } from "./report/browser.test.kit.ts";
import { tearsheetPage } from "./report/page/page.ts";
import { declaredView, runView, trade } from "./report/run-view.test.kit.ts";
import { tearsheetOf } from "./report/tearsheet.ts";

const CHARTS = ["equity", "underwater", "sharpe", "exposure", "price-1"];
const COLORS: Readonly<Record<string, string>> = {
  underwater: "loss",
  exposure: "line-muted",
  "price-1": "line-muted",
};

describe.skipIf(CHROMIUM === undefined)(`a tearsheet in a browser${SKIPPED}`, () => {
  const project = makeProject();
  const file = join(project.root, "report.html");
  let browser: Browser;
  let opened: OpenedPage;

  const text = async (id: string): Promise<string> => (await opened.page.locator(`#${id}`).textContent()) ?? "";
  const over = async (chart: string): Promise<{ x: number; y: number; width: number; height: number }> => {
    const plot = opened.page.locator(`#chart-${chart} .u-over`);
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    if (box === null) throw new Error(`${chart} is not there`);
    return box;
  };
  /** The part of a chart's width over which its line goes. */
  const drawn = async (chart: string): Promise<number> => {
    const { width, columns } = await readCanvas(opened.page, chart, COLORS[chart] ?? "accent");
    return columns / width;
  };
  const digests = async (): Promise<readonly number[]> => {
    const found: number[] = [];
    for (const chart of CHARTS) found.push((await readCanvas(opened.page, chart, "accent")).digest);
    return found;
  };
  const day = async (chart: string): Promise<string> => (await text(`readout-${chart}`)).slice(0, 10);

  beforeAll(async () => {
    const submitted = await project.submit("strategies/sma-cross.ts");
    expect(submitted.result.status).toBe("active");
    expect((await project.qmtl("report", "sma-cross", "--html", file)).code).toBe(0);
    browser = await launchBrowser();
    opened = await openFile(browser, file);
    await opened.page.locator("#chart-price-1 canvas").waitFor();
  });
  afterAll(() => browser?.close());

  test("draws a line over the whole width of every chart", async () => {
    for (const chart of CHARTS) await expect.poll(() => drawn(chart)).toBeGreaterThan(0.7);
    expect(await opened.page.locator(".static").first().isVisible()).toBe(false);
  });

  test("points at the same session in every chart", async () => {
    const end = await day("equity");
    expect(end).toBe("2020-04-17");
    const box = await over("equity");
    await opened.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => day("equity")).toMatch(/^2010-0\d-\d\d$/);
    const middle = await day("equity");
    for (const chart of CHARTS) expect({ chart, at: await day(chart) }).toEqual({ chart, at: middle });
    expect(await text("readout-underwater")).toMatch(/below peak -\d+\.\d\d %/);
    await opened.page.mouse.move(5, 5);
    await expect.poll(() => day("underwater")).toBe(end);
  });

  test("tells the trades of the session that is pointed at", async () => {
    const box = await over("price-1");
    const told = new Set<string>();
    for (let x = 4; x < 200; x++) {
      await opened.page.mouse.move(box.x + x, box.y + box.height / 2);
      for (const [found] of (await text("readout-price-1")).matchAll(
        /entered long \S+ at [\d,.]+|left long at [\d,.]+, profit \S+/g,
      ))
        told.add(found.slice(0, 7));
    }
    expect([...told].sort()).toEqual(["entered", "left lo"]);
    await opened.page.mouse.move(5, 5);
  });

  test("zooms all charts by a drag in one, and back by a double click", async () => {
    const whole = await text("shown-range");
    expect(whole).toBe("2000-02-14 to 2020-04-17");
    const before = await digests();
    const box = await over("underwater");
    await opened.page.mouse.move(box.x + box.width * 0.25, box.y + 40);
    await opened.page.mouse.down();
    await opened.page.mouse.move(box.x + box.width * 0.5, box.y + 50, { steps: 5 });
    await opened.page.mouse.up();
    await opened.page.mouse.move(5, 5);
    await expect.poll(() => text("shown-range")).toMatch(/^2005-0\d-\d\d to 2010-0\d-\d\d$/);
    const zoomed = await digests();
    for (const [i, chart] of CHARTS.entries())
      expect({ chart, same: zoomed[i] === before[i] }).toEqual({ chart, same: false });
    await opened.page.mouse.dblclick(box.x + box.width / 2, box.y + 40);
    await opened.page.mouse.move(5, 5);
    await expect.poll(() => text("shown-range")).toBe(whole);
    await expect.poll(digests).toEqual(before);
  });

  test("zooms by buttons and keys, and moves its cursor by keys", async () => {
    const { page } = opened;
    await page.getByRole("button", { name: "5y" }).click();
    await expect.poll(() => text("shown-range")).toMatch(/^2015-04-\d\d to 2020-04-17$/);
    await expect.poll(() => page.getByRole("button", { name: "5y" }).getAttribute("aria-pressed")).toBe("true");
    await page.locator("#chart-equity").focus();
    await page.keyboard.press("+");
    await expect.poll(() => text("shown-range")).toMatch(/^2016-0\d-\d\d to 2019-0\d-\d\d$/);
    await page.keyboard.press("Escape");
    await expect.poll(() => text("shown-range")).toBe("2000-02-14 to 2020-04-17");
    expect(await page.getByRole("button", { name: "all" }).getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    for (const chart of ["equity", "exposure"]) await expect.poll(() => day(chart)).toBe("2000-02-15");
    await page.locator("#chart-equity").hover();
    await page.mouse.move(5, 5);
  });

  test("changes to a logarithmic scale and back", async () => {
    const button = opened.page.getByRole("button", { name: "log scale" });
    const { digest } = await readCanvas(opened.page, "equity", "accent");
    await button.click();
    const log = await readCanvas(opened.page, "equity", "accent");
    expect(log.digest).not.toBe(digest);
    expect(log.columns / log.width).toBeGreaterThan(0.7);
    await button.click();
    expect((await readCanvas(opened.page, "equity", "accent")).digest).toBe(digest);
  });

  test("follows the change from light to dark", async () => {
    const background = (): Promise<string> => opened.page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await background()).toBe("rgb(246, 247, 249)");
    await opened.page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(background).toBe("rgb(14, 17, 22)");
    for (const chart of CHARTS) await expect.poll(() => drawn(chart)).toBeGreaterThan(0.7);
    await opened.page.emulateMedia({ colorScheme: "light" });
  });

  test("prints its static charts", async () => {
    await opened.page.emulateMedia({ media: "print" });
    expect(await opened.page.locator("#chart-equity .static").isVisible()).toBe(true);
    expect(await opened.page.locator("#chart-equity canvas").isVisible()).toBe(false);
    await opened.page.emulateMedia({ media: "screen" });
  });

  test("asked for nothing, and its console is empty, after all of that", () => {
    expect(opened.faults).toEqual([]);
  });

  test.each([
    [400, true],
    [400, false],
    [800, true],
    [1280, false],
  ])("is as wide as the window of %i pixels; script: %s", async (width, javaScriptEnabled) => {
    const { page, faults } = await openFile(browser, file, { viewport: { width, height: 800 }, javaScriptEnabled });
    // Without a script nothing can be asked of the page but where things are.
    for (const part of await page.locator("section, header, nav, footer, figure, .static .plot").all()) {
      const box = await part.boundingBox();
      if (box !== null) expect(box.x >= 0 && box.x + box.width <= width).toBe(true);
    }
    if (javaScriptEnabled) expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("shows all of its charts and tables without a script", async () => {
    const { page, faults } = await openFile(browser, file, { javaScriptEnabled: false });
    for (const chart of CHARTS) {
      const line = await page.locator(`#chart-${chart} .line`).boundingBox();
      expect((line?.width ?? 0) > 800 && (line?.height ?? 0) > 50).toBe(true);
    }
    expect(await page.locator("#toolbar").isVisible()).toBe(false);
    expect(await page.locator("#log-equity").isVisible()).toBe(false);
    expect(await page.locator("#months td.total").count()).toBe(21);
    await page.locator("#trades summary").click();
    expect(await page.locator("#trades tbody tr").count()).toBe(177);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("draws the chart of a further symbol when it is opened", async () => {
    const view = runView({ returns: Array.from({ length: 60 }, (_, i) => Math.sin(i) / 50) });
    const symbols = ["ONE", "TWO", "THREE"];
    const [from, to] = [view.run.times[3] as number, view.run.times[9] as number];
    const several = join(project.root, "several.html");
    const run = {
      ...view.run,
      trades: symbols.map((symbol) => ({ ...trade(from, to), symbol })),
      prices: symbols.map((symbol) => ({ symbol, closes: view.run.equity.slice(1) })),
    };
    project.write("several.html", tearsheetPage(tearsheetOf({ ...view, run }), await pageAssets()));
    const { page, faults } = await openFile(browser, several);
    await page.locator("#chart-price-2 canvas").waitFor();
    expect(await page.locator("#chart-price-3 canvas").count()).toBe(0);
    await page.getByText("THREE", { exact: true }).first().click();
    await page.locator("#chart-price-3 canvas").waitFor();
    const { width, columns } = await readCanvas(page, "price-3", "line-muted");
    expect(columns / width).toBeGreaterThan(0.5);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("counts periods where no time is known", async () => {
    const returns = Array.from({ length: 60 }, (_, i) => Math.sin(i) / 50);
    project.write("declared.html", tearsheetPage(tearsheetOf(declaredView(returns)), await pageAssets()));
    const { page, faults } = await openFile(browser, join(project.root, "declared.html"));
    await page.locator("#chart-equity canvas").waitFor();
    expect(await page.locator("#readout-equity").textContent()).toMatch(/^period 60 · equity [\d,]+\.\d\d$/);
    expect(await page.locator("button[data-years]").count()).toBe(1);
    await page.locator("#chart-equity").focus();
    await page.keyboard.press("+");
    await expect.poll(() => page.locator("#shown-range").textContent()).toBe("period 15 to period 45");
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

// media/icon.png from icon.svg, drawn by Chromium: node icon.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const SIDE = 128;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env["QMTL_CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } });
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}svg{display:block}</style>${readFileSync(here("icon.svg"), "utf8")}`,
  );
  await page.screenshot({ path: here("media/icon.png"), omitBackground: true });
} finally {
  await browser.close();
}

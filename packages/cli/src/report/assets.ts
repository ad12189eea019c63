import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Assets } from "./page/document.ts";
import { STYLE } from "./page/style.ts";

/** The style sheet and the script of a page, chart library included. The same for every page of one installation. */
export async function pageAssets(): Promise<Assets> {
  const entry = import.meta.url.endsWith(".ts") ? "./browser/tearsheet.ts" : "./tearsheet.js";
  const installed = createRequire(import.meta.url);
  const text = (file: string): string => readFileSync(installed.resolve(`uplot/${file}`), "utf8").trim();
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    banner: { js: `/*! Charts by uPlot. ${text("LICENSE").replaceAll("*/", "")} */` },
    logLevel: "silent",
  });
  return { style: `${text("dist/uPlot.min.css")}\n${STYLE}`, script: (outputFiles[0] as { text: string }).text.trim() };
}

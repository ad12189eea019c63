// The extension as a few files: itself, the language server beside it, and the script and style sheet of each page.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { bundleServer } from "../../tools/bundle-server.mjs";

/** The graph's page contains its layout library. */
const dagre = createRequire(import.meta.url).resolve("@dagrejs/dagre/package.json");
const layoutLicense = readFileSync(join(dirname(dagre), "dist", "dagre.esm.js.LEGAL.txt"), "utf8").trim();

mkdirSync("dist", { recursive: true });
await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.cjs",
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: "node20.19",
  conditions: ["@qmtl/source"],
  external: ["vscode"],
  legalComments: "none",
  logLevel: "warning",
});
await build({
  entryPoints: ["src/browser/graph.ts", "src/browser/graph.css"],
  outdir: "dist/pages",
  bundle: true,
  minify: true,
  platform: "browser",
  format: "iife",
  target: "chrome132",
  charset: "utf8",
  legalComments: "none",
  banner: { js: layoutLicense },
  logLevel: "warning",
});
await bundleServer("dist/language-server.cjs");

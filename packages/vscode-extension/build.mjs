// The extension as a few files: itself, the language server beside it, and the script and style sheet of each page.
import { mkdirSync } from "node:fs";
import { build } from "esbuild";
import { bundleServer } from "../../tools/bundle-server.mjs";

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
  legalComments: "eof",
  logLevel: "warning",
});
await bundleServer("dist/language-server.cjs");

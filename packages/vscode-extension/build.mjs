// The extension as two files: itself, and the language server beside it.
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
await bundleServer("dist/language-server.cjs");

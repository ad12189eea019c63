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
/** What the extension loads by `import()` is a file of its own: the editor waits for all that is loaded when it starts. */
const later = ["language-client", "connect-process"];
const apart = {
  name: "apart",
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path, kind }) => {
      if (kind !== "dynamic-import") return undefined;
      const name = path.slice(2, -3);
      if (!later.includes(name)) throw new Error(`${path} is loaded later: name it in build.mjs`);
      return { path: `./${name}.cjs`, external: true };
    }),
};
await build({
  entryPoints: ["extension", ...later].map((name) => `src/${name}.ts`),
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  plugins: [apart],
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

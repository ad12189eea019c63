// The language server as `packages/lsp/dist/language-server.cjs`, which editors start and which needs nothing but Node.js and, beside it,
// what checks types: its worker, and TypeScript's own library files in one.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { typescriptChecker, typescriptParser } from "./typescript-parser.mjs";

/** Of the server and its worker together. */
const BIGGEST = 5_000_000;
const LIBRARY = "lib.es2023.d.ts";
const lsp = fileURLToPath(new URL("../packages/lsp/", import.meta.url));

/** @returns the bytes of the server, of the worker that checks types, and of the library */
export async function bundleServer(outfile) {
  const { version } = JSON.parse(readFileSync(`${lsp}package.json`, "utf8"));
  const bundle = async (entry, file, plugins) => {
    await build({
      entryPoints: [`${lsp}src/lsp/${entry}`],
      outfile: file,
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
      target: "node20.19",
      conditions: ["@qmtl/source"],
      define: { QMTL_VERSION: JSON.stringify(version), "import.meta.url": "__moduleUrl" },
      banner: { js: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
      charset: "utf8",
      legalComments: "linked",
      plugins,
      logLevel: "warning",
    });
    return statSync(file).size;
  };
  const folder = dirname(outfile);
  const server = await bundle("language-server.ts", outfile, [typescriptParser]);
  const worker = await bundle("types-worker.ts", join(folder, "types-worker.cjs"), [typescriptChecker]);
  if (server + worker > BIGGEST) throw new Error(`The language server is ${server + worker} bytes: at most ${BIGGEST}`);
  const library = brotliCompressSync(JSON.stringify(libraryTexts()));
  writeFileSync(join(folder, "typescript-library.br"), library);
  return { server, worker, library: library.length };
}

/** The library and all that it refers to, by name. */
function libraryTexts() {
  const folder = dirname(createRequire(import.meta.url).resolve("typescript"));
  const texts = new Map();
  const queue = [LIBRARY];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (texts.has(name)) continue;
    const text = readFileSync(join(folder, name), "utf8");
    texts.set(name, text);
    for (const [, other] of text.matchAll(/^\/\/\/ <reference lib="([\w.]+)"/gm)) queue.push(`lib.${other}.d.ts`);
  }
  return Object.fromEntries(texts);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleServer(`${lsp}dist/language-server.cjs`);

// The language server as one file that needs nothing beside it but Node.js: `packages/lsp/dist/language-server.cjs`, which editors start.
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { typescriptParser } from "./typescript-parser.mjs";

const BIGGEST = 5_000_000;
const lsp = fileURLToPath(new URL("../packages/lsp/", import.meta.url));

/** @returns its size in bytes */
export async function bundleServer(outfile) {
  const { version } = JSON.parse(readFileSync(`${lsp}package.json`, "utf8"));
  await build({
    entryPoints: [`${lsp}src/lsp/language-server.ts`],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    conditions: ["@qmtl/source"],
    define: { QMTL_VERSION: JSON.stringify(version) },
    charset: "utf8",
    legalComments: "linked",
    plugins: [typescriptParser],
    logLevel: "warning",
  });
  const { size } = statSync(outfile);
  if (size > BIGGEST) throw new Error(`The language server is ${size} bytes: at most ${BIGGEST}`);
  return size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleServer(`${lsp}dist/language-server.cjs`);

// Bundles the package in the working directory into a few files:
// node tools/bundle.mjs [--external=name,…] [--required=name,…] [--browser=file] [--compiled=name,…]
// A command that starts several processes spends most of its time on finding and reading hundreds of small modules, each of them anew.
// `--required` names external CommonJS packages that Node would otherwise read twice, the first time only to guess what they export;
// `--browser` a script for pages; `--compiled` bundles that are compiled ahead (`tools/compile-ahead.mjs`).
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { typescriptParser } from "./typescript-parser.mjs";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { values } = parseArgs({
  options: {
    external: { type: "string" },
    required: { type: "string" },
    browser: { type: "string" },
    compiled: { type: "string" },
  },
});
const { browser } = values;
const [external, required, compiled] = [values.external, values.required, values.compiled].map(
  (names) => names?.split(",") ?? [],
);
const files = (folder, pattern) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

// Where `exports` points, and the command: they share chunks. What runs by itself is bundled by itself, because chunks hold whatever
// any of their entries needs, and as CommonJS, which a worker loads in half of the time. All of it stands flat, so that
// `new URL("./name-worker.cjs", import.meta.url)` holds in every bundle.
const shared = new Map(
  Object.values(manifest.exports).map(({ "@qmtl/source": source, default: output }) => [
    output.replace(/^\.\/dist\/|\.js$/g, ""),
    source,
  ]),
);
const alone = new Map();
for (const file of files("src", /^(main|child|load-compiled|submission|.*-worker)\.ts$/)) {
  const name = basename(file, ".ts");
  const kept = name === "main" ? shared : alone;
  if (shared.has(name) || alone.has(name)) throw new Error(`${file} is not the only one to become dist/${name}.js`);
  kept.set(name, file);
}

const byRequire = {
  name: "required",
  setup(build) {
    const filter = new RegExp(`^(${required.join("|")})$`);
    if (required.length === 0) return;
    build.onResolve({ filter }, ({ path, namespace }) =>
      namespace === "required" ? { path, external: true } : { path, namespace: "required" },
    );
    build.onLoad({ filter, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const FORMATS = {
  esm: {
    format: "esm",
    splitting: true,
    // CommonJS packages inside of a bundle ask for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  },
  page: { format: "esm", platform: "browser" },
  cjs: {
    format: "cjs",
    // What is compiled ahead is read as ASCII.
    charset: "ascii",
    outExtension: { ".js": ".cjs" },
    define: { "import.meta.url": "__moduleUrl" },
    banner: { js: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  },
};

/** Bundles that stand alone by name of the file, and what they load by `import()`: a bundle of its own, read when it is needed. */
const later = {
  name: "later",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const name = basename(path, ".ts");
      const file = relative(process.cwd(), resolve(resolveDir, path));
      if ((alone.get(name) ?? file) !== file) throw new Error(`${file} is not the only one to become dist/${name}.cjs`);
      alone.set(name, file);
      return { path: `./${name}.cjs`, namespace: "later" };
    });
    build.onResolve({ filter: /./, namespace: "later" }, ({ path }) => ({ path, external: true }));
    // By `require`: what Node imports of CommonJS it reads twice, the first time only to guess what it exports.
    build.onLoad({ filter: /./, namespace: "later" }, ({ path }) => ({
      contents: compiled.includes(basename(path, ".cjs"))
        ? `module.exports = require("./load-compiled.cjs").loadCompiled(require.resolve("${path}")).exports;`
        : `module.exports = require("${path}");`,
    }));
  },
};

async function bundle(entries, format) {
  const { metafile } = await build({
    entryPoints: Object.fromEntries(entries),
    outdir: "dist",
    bundle: true,
    platform: "node",
    charset: "utf8",
    ...FORMATS[format],
    target: "node20.19",
    conditions: ["@qmtl/source"],
    external: external.flatMap((name) => [name, `${name}/*`]),
    chunkNames: "chunk-[hash]",
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    plugins: [...(format === "cjs" ? [later] : []), typescriptParser, byRequire],
    metafile: true,
    logLevel: "warning",
  });
  return Object.entries(metafile.outputs);
}
const outputs = [...(await bundle(shared, "esm"))];
if (browser !== undefined) outputs.push(...(await bundle([[basename(browser, ".ts"), browser]], "page")));
// It grows on the way, by what is loaded later.
for (const entry of alone) outputs.push(...(await bundle([entry], "cjs")));
const made = new Set(outputs.map(([file]) => file.replaceAll("/", sep)));
for (const file of files("dist", /\.c?js(\.map)?$/)) if (!made.has(file)) rmSync(file);

const locale = outputs
  .flatMap(([, { inputs }]) => Object.entries(inputs))
  .find(([file, { bytesInOutput }]) => /zod\/v4\/locales\/(?!en\.js)/.test(file) && bytesInOutput > 0);
if (locale !== undefined)
  throw new Error(`${locale[0]} is in the bundle: write import * as z from "zod", which leaves other languages out`);

/** Whatever of other people's is inside is named, with its licence. */
const inlined = new Set(
  outputs.flatMap(([, { inputs }]) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  ),
);
const notices = [...inlined].map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (license === undefined || texts.length === 0)
    throw new Error(`${name} is inside of the bundle and says no licence`);
  return [
    `${name} ${version} (${license})`,
    ...texts.map((file) => readFileSync(join(folder, file), "utf8").trim()),
  ].join("\n\n");
});
const notice = join("dist", "NOTICE.txt");
if (notices.length > 0)
  writeFileSync(notice, `${manifest.name} contains code of these packages.\n\n${notices.sort().join("\n\n---\n\n")}\n`);
else if (existsSync(notice)) rmSync(notice);

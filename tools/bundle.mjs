// Bundles the package in the working directory into a few files: node tools/bundle.mjs [--external=name,…] [--required=name,…]. A command that starts
// several processes spends most of its time on finding and reading hundreds of small modules, each of them anew. `--required` names
// external CommonJS packages that Node would otherwise read twice, the first time only to guess what they export.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { typescriptParser } from "./typescript-parser.mjs";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { values } = parseArgs({ options: { external: { type: "string" }, required: { type: "string" } } });
const [external, required] = [values.external, values.required].map((names) => names?.split(",") ?? []);
const files = (folder, pattern) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

// Where `exports` points, and the command: they share chunks. What runs by itself is bundled by itself, because chunks hold whatever
// any of their entries needs. All of it stands flat, so that `new URL("./name-worker.js", import.meta.url)` holds in every bundle.
const shared = new Map(
  Object.values(manifest.exports).map(({ "@qmtl/source": source, default: output }) => [
    output.replace(/^\.\/dist\/|\.js$/g, ""),
    source,
  ]),
);
const alone = new Map();
for (const file of files("src", /^(main|child|.*-worker)\.ts$/)) {
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

async function bundle(entries, splitting) {
  const { metafile } = await build({
    entryPoints: Object.fromEntries(entries),
    outdir: "dist",
    bundle: true,
    splitting,
    format: "esm",
    platform: "node",
    target: "node20.19",
    conditions: ["@qmtl/source"],
    external: external.flatMap((name) => [name, `${name}/*`]),
    chunkNames: "chunk-[hash]",
    // CommonJS packages inside of a bundle ask for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    charset: "utf8",
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    plugins: [typescriptParser, byRequire],
    metafile: true,
    logLevel: "warning",
  });
  return Object.entries(metafile.outputs);
}
const outputs = [...(await bundle(shared, true))];
for (const entry of alone) outputs.push(...(await bundle([entry], false)));
const made = new Set(outputs.map(([file]) => file.replaceAll("/", sep)));
for (const file of files("dist", /\.js(\.map)?$/)) if (!made.has(file)) rmSync(file);

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

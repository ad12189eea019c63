// Every package as npm would ship it: exports resolve, types are there, nothing that is private goes along.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const folders = [
  "packages/core",
  "packages/lsp",
  "packages/cli",
  ...readdirSync("packages/plugins").map((name) => `packages/plugins/${name}`),
];
/** Other people's packages whose code is in the bundles of a folder. */
function bundledPackages(dist) {
  const maps = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith("js.map"));
  const sources = maps.flatMap((file) => JSON.parse(readFileSync(join(dist, file), "utf8")).sources);
  return new Set(sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []));
}

let problems = 0;
const say = (folder, text) => {
  problems++;
  console.log(`${folder}: ${text}`);
};
for (const folder of folders) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir: folder, strict: true });
  for (const message of messages) say(folder, formatMessage(message, manifest));
  for (const conditions of Object.values(manifest.exports))
    for (const [condition, file] of Object.entries(conditions))
      if (!existsSync(join(folder, file))) say(folder, `${condition} points at ${file}, which is not there`);
  const packed = JSON.parse(
    spawnSync("npm", ["pack", "--dry-run", "--json"], { cwd: folder, encoding: "utf8" }).stdout,
  );
  for (const { path } of packed[0].files)
    if (/\.test\.|tsbuildinfo|type-tests/.test(path)) say(folder, `ships ${path}`);
  const notice = existsSync(join(folder, "dist/NOTICE.txt"))
    ? readFileSync(join(folder, "dist/NOTICE.txt"), "utf8")
    : "";
  for (const name of bundledPackages(join(folder, "dist")))
    if (!notice.includes(`\n${name} `)) say(folder, `contains ${name}, which its NOTICE.txt does not name`);
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    if (/[\^~*><]/.test(version)) say(folder, `${name} is not pinned: ${version}`);
}
console.log(`${folders.length} packages, ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);

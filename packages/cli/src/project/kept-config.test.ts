import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bundleConfig } from "./config-module.ts";
import { keptConfig } from "./kept-config.ts";
import { CONFIG_FILE, cacheFolder } from "./root.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "qmtl-config-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFileSync(join(root, file), text);
const ALONE = `import { defineConfig } from "@qmtl/core/plugin";\nexport default defineConfig({ plugins: [] });\n`;

describe("the module of a configuration", () => {
  test("is known by its text, once it was made", async () => {
    write(CONFIG_FILE, ALONE);
    expect(keptConfig(root)).toBeUndefined();
    const module = await bundleConfig(root);
    expect(keptConfig(root)).toBe(module);

    write(CONFIG_FILE, ALONE.replace("plugins: []", 'plugins: [], worlds: "other"'));
    expect(keptConfig(root)).toBeUndefined();
    const other = await bundleConfig(root);
    expect(readFileSync(other, "utf8")).toContain('worlds: "other"');
    expect(keptConfig(root)).toBe(other);
  });

  test.each([
    ["a file of the project", `import { where } from "./where.ts";\nexport default { plugins: [], worlds: where };\n`],
    [
      "what its package.json calls so",
      `import { where } from "#where";\nexport default { plugins: [], worlds: where };\n`,
    ],
  ])("is made anew where it imports %s", async (_, text) => {
    write("package.json", JSON.stringify({ imports: { "#where": "./where.ts" } }));
    write("where.ts", `export const where = "here";\n`);
    write(CONFIG_FILE, text);
    expect(readFileSync(await bundleConfig(root), "utf8")).toContain('"here"');
    expect(keptConfig(root)).toBeUndefined();
    write("where.ts", `export const where = "there";\n`);
    expect(readFileSync(await bundleConfig(root), "utf8")).toContain('"there"');
  });

  test("is made anew where it was damaged, or is gone", async () => {
    write(CONFIG_FILE, ALONE);
    const module = await bundleConfig(root);
    const sound = readFileSync(module, "utf8");
    writeFileSync(module, "export default {};\n");
    expect(keptConfig(root)).toBeUndefined();
    expect(readFileSync(await bundleConfig(root), "utf8")).toBe(sound);

    const cache = cacheFolder(root);
    for (const file of readdirSync(cache)) writeFileSync(join(cache, file), "{");
    expect(keptConfig(root)).toBeUndefined();
    expect(readFileSync(await bundleConfig(root), "utf8")).toBe(sound);
    rmSync(module);
    expect(keptConfig(root)).toBeUndefined();
  });

  test("is made each time where nothing can be kept", async () => {
    write(CONFIG_FILE, ALONE);
    const module = await bundleConfig(root);
    const kept = join(cacheFolder(root), "config.json");
    rmSync(kept);
    mkdirSync(kept);
    expect(await bundleConfig(root)).toBe(module);
    expect(keptConfig(root)).toBeUndefined();
  });

  test("does not depend on a tsconfig.json", async () => {
    write(CONFIG_FILE, ALONE);
    const module = readFileSync(await bundleConfig(root), "utf8");
    rmSync(cacheFolder(root), { recursive: true });
    write("tsconfig.json", `{ "compilerOptions": { "paths": { "@qmtl/*": ["./none/*"] }, "target": "es2015" } }`);
    expect(readFileSync(await bundleConfig(root), "utf8")).toBe(module);
  });
});

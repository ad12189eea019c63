import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describePlugins } from "@qmtl/core";
import { checkManifest, MANIFEST_FILE } from "@qmtl/core/static";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../plugins/", import.meta.url));
const described = readdirSync(folder).filter((name) => existsSync(join(folder, name, MANIFEST_FILE)));
const log = { debug: () => {}, info: () => {}, warn: () => {} };

test("our plugins that worlds name have manifests", () => {
  expect(described).toEqual(
    expect.arrayContaining([
      "allocator-equal",
      "allocator-portfolio",
      "data-files",
      "data-samples",
      "evaluator-overfitting",
      "evaluator-standard",
      "storage-sqlite",
    ]),
  );
});

test.each(described)("the manifest of %s says what it is: qmtl plugin build", async (name) => {
  const { name: of, version } = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8"));
  const exports = (await import(join(folder, name, "src/index.ts"))) as Readonly<Record<string, unknown>>;
  const root = mkdtempSync(join(tmpdir(), "qmtl-manifest-"));
  try {
    const manifest = await describePlugins({ name: of, version, exports, root, clock: Date.now, log });
    const text = readFileSync(join(folder, name, MANIFEST_FILE), "utf8");
    expect(checkManifest(text)).toEqual({ mistakes: [], manifest: JSON.parse(JSON.stringify(manifest)) });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

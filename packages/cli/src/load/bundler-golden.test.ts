import type { SyntaxApi } from "@qmtl/core/static";
import * as esbuild from "esbuild";
import * as esbuild25 from "esbuild25";
import ts59 from "ts59";
import ts from "typescript";
import { afterEach, expect, test } from "vitest";
import type { BundleTools } from "./bundle-strategy.ts";
import { attacks, closures, cosmetic, data, meaning, reach } from "./identity-matrix.test.helper.ts";
import { type Case, identifyCase } from "./strategy-files.test.helper.ts";

const pairs = [cosmetic, meaning, reach, data, closures, attacks].flat();
const cases = pairs.flatMap(({ label, left, right }): [string, Case][] => [
  [`${label}, left`, left],
  ...(right === undefined ? [] : [[`${label}, right`, right] as [string, Case]]),
]);

/** Ids by case and node; what is not proven has none to compare. */
async function identities(tools: BundleTools): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [label, it] of cases) {
    for (const [name, { compute, state }] of await identifyCase(it, tools)) {
      if (!compute.unique) found[`${label}: ${name}`] = compute.id;
      if (state?.unique === false) found[`${label}: state of ${name}`] = state.id;
    }
  }
  return found;
}

afterEach(() => {
  Reflect.deleteProperty(Array.prototype, "last");
});

const current: BundleTools = { esbuild, syntax: () => Promise.resolve(ts) };
const tools: Readonly<Record<string, BundleTools>> = {
  "TypeScript 6.0.3 and esbuild 0.28.2": current,
  "TypeScript 5.9.3": { ...current, syntax: () => Promise.resolve(ts59 as unknown as SyntaxApi) },
  "esbuild 0.25.0": { ...current, esbuild: esbuild25 as unknown as BundleTools["esbuild"] },
  "minified names": { ...current, minify: true },
};

test.each(Object.entries(tools))("the golden identities hold with %s", async (_name, one) => {
  const found = await identities(one);
  expect(Object.keys(found).length).toBeGreaterThan(150);
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot("./identities.golden.json");
});

test("the older tools are the ones that are meant", () => {
  expect([ts.version, ts59.version, esbuild.version, esbuild25.version]).toEqual([
    "6.0.3",
    "5.9.3",
    "0.28.2",
    "0.25.0",
  ]);
});

import { expect, test } from "vitest";
import { f64 } from "../../schema/cell.ts";
import { nodeBuilder } from "../contract/node-builder.ts";
import { checkManifest } from "../manifest/check-manifest.ts";
import { describePlugins } from "./describe.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const describe = (exports: Readonly<Record<string, unknown>>) =>
  describePlugins({ name: "@acme/signals", version: "1.0.0", exports, root: "/project", clock: () => 0, log });

const DESCRIPTION = {
  description: "A strength of trends",
  outputs: { value: f64 },
  returns: "column",
  causality: "causal",
  mutability: "pure",
  actuation: "none",
  domains: ["backtest", "dryrun"],
  warmup: { argument: 1, plus: -1 },
} as const;

test("a package of node builders is described by what they say of themselves", async () => {
  const build = (close: number, bars: number): number => close / bars;
  const trend = nodeBuilder(DESCRIPTION, build);
  expect(trend).toBe(build);
  expect(Object.keys(trend)).toEqual([]);
  const manifest = await describe({ trend, other: () => 0, text: "x" });
  expect(manifest).toEqual({
    format: 1,
    package: "@acme/signals",
    version: "1.0.0",
    plugins: [],
    nodes: [{ module: "@acme/signals", export: "trend", ...DESCRIPTION }],
  });
  expect(checkManifest(JSON.stringify(manifest)).mistakes).toEqual([]);
});

test("a package without either, and one that describes itself wrongly, is refused", async () => {
  await expect(describe({ other: () => 0 })).rejects.toMatchObject({ code: "plugin.none" });
  const wrong = nodeBuilder({ ...DESCRIPTION, warmup: -3 }, () => 0);
  await expect(describe({ wrong })).rejects.toMatchObject({
    code: "plugin.bad-description",
    message: expect.stringContaining("nodes[0].warmup"),
  });
});

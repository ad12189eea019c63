import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectAt, type TestProject } from "./project.test.kit.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const workspace = join(repository, "fixtures/workspace");
const strategies = readdirSync(join(workspace, "strategies")).filter((name) => name.endsWith(".ts"));

let root = "";
let project: TestProject;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "qmtl-samples-"));
  cpSync(workspace, root, { recursive: true, filter: (path) => !/[\\/](\.qmtl|node_modules)$/.test(path) });
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  project = projectAt(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("every sample strategy runs on sample data", () => {
  test.each(strategies.filter((name) => name !== "training-set.ts"))("%s", { timeout: 120_000 }, async (name) => {
    const { result, stderr } = await project.submit(`strategies/${name}`, "--world", "lab");
    expect(result.error, stderr).toBeNull();
    expect(["active", "inactive", "rejected"]).toContain(result.status);
    expect(result.backtest?.trades).toBeGreaterThan(0);
    expect(result.provenance?.unproven).toEqual([]);
    expect(result.computed).toMatchObject({ cached: false });
    // Guards that cry wolf are switched off: what they say of a sound strategy is about its profit alone.
    expect(result.guards?.cuts).toHaveLength(3);
    expect(result.guards?.unsettled).toEqual([]);
    const profit = ["costs", "concentration"];
    expect(result.guards?.findings.filter(({ kind }) => !profit.includes(kind))).toEqual([]);
    expect(result.computed.nodes).toBeGreaterThan(0);
  });

  test("a dataset is refused by name", { timeout: 120_000 }, async () => {
    const { code, error } = await project.submit("strategies/training-set.ts", "--world", "lab");
    expect({ code, rule: error.code }).toEqual({ code: 2, rule: "runner.dataset-only" });
  });

  test("they compete: at most as many are active as the world has places, and shares sum to at most 1", {
    timeout: 120_000,
  }, async () => {
    const { stdout } = await project.qmtl("world", "status", "lab", "--json");
    const status = JSON.parse(stdout) as { strategies: { active: boolean; share: number }[]; trials: number };
    const active = status.strategies.filter((one) => one.active);
    expect(active.length).toBeLessThanOrEqual(5);
    expect(active.length).toBeGreaterThan(1);
    expect(active.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
    expect(status.trials).toBe(strategies.length - 1);
  });
});

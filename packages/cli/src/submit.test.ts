import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type SubmitResult, submitResultJsonSchema } from "@qmtl/core";
import { parseRunManifest, runManifestPath } from "@qmtl/core/static";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { makeProject, type Submitted, strategyText, type TestProject } from "./project.test.kit.ts";

const published = new URL("../../../docs/submit-result.schema.json", import.meta.url);

/** What two submissions of the same must share: everything but how it came about. */
function numbersOf({ timings: _timings, computed: _computed, decision, dataset, ...rest }: SubmitResult): unknown {
  const streams = dataset?.streams.map(({ findings: _findings, ...stream }) => stream);
  return { ...rest, decision: { ...decision, committed: undefined }, dataset: { ...dataset, streams } };
}

describe("a strategy submitted twice", () => {
  let project: TestProject;
  let first: Submitted;
  let second: Submitted;
  beforeAll(async () => {
    project = makeProject();
    first = await project.submit("strategies/sma-cross.ts");
    second = await project.submit("strategies/sma-cross.ts");
  });

  test("is active both times", () => {
    for (const { code, result, stderr } of [first, second])
      expect({ code, stderr, status: result.status }).toEqual({ code: 0, stderr: "", status: "active" });
  });

  test("has equal digests, EvalKey and numbers", () => {
    expect(first.result.provenance?.evalKey).toMatch(/^[0-9a-f]{64}$/);
    expect(first.result.metrics["sharpe"]).toEqual(expect.any(Number));
    expect(numbersOf(second.result)).toEqual(numbersOf(first.result));
  });

  test("is one trial, and computes nothing the second time", () => {
    expect([first, second].map(({ result }) => result.provenance?.trials)).toEqual([1, 1]);
    expect(first.result.computed).toMatchObject({ cached: false, nodes: 3 });
    expect(first.result.computed.rows).toBeGreaterThan(5000);
    expect(second.result.computed).toEqual({ cached: true, nodes: 0, rows: 0 });
    expect(first.result.decision?.committed).toBe(true);
    expect(second.result.decision?.committed).toBe(false);
  });

  test("says how long each node computed, the second time what it took the first time", () => {
    const timings = first.result.nodeTimings;
    expect(timings?.map(({ node, name }) => [node, name])).toEqual([
      [1, "sma(10)"],
      [2, "sma(30)"],
      [3, "trend"],
    ]);
    for (const { ms } of timings ?? []) expect(ms).toBeGreaterThan(0);
    expect(second.result.nodeTimings).toEqual(timings);
  });

  test("leaves for editors what it was", () => {
    const text = readFileSync(`${project.root}/${runManifestPath("strategies/sma-cross.ts")}`, "utf8");
    const run = parseRunManifest(text);
    const source = readFileSync(`${project.root}/strategies/sma-cross.ts`);
    expect(run).toMatchObject({ world: second.result.world, cached: true, params: { fast: 10, slow: 30 } });
    expect(run?.files["strategies/sma-cross.ts"]).toBe(createHash("sha256").update(source).digest("hex"));
    expect(run?.nodes.map(({ kind }) => kind)).toEqual(["stream", "kernel", "kernel", "user"]);
    expect(new Set(run?.nodes.map(({ id }) => id)).size).toBe(4);
  });

  test("adds no record the second time", async () => {
    const kinds = (await project.journal()).map(({ body }) => (body as { kind: string }).kind);
    expect(kinds.filter((kind) => kind === "trial")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "decision")).toHaveLength(1);
  });

  test("prints results of the published schema", () => {
    const schema = z.fromJSONSchema(submitResultJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
    for (const { result } of [first, second]) expect(schema.parse(result)).toEqual(result);
    expect(() => schema.parse({ ...first.result, more: 1 })).toThrow();
    expect(() => schema.parse({ ...first.result, share: "all" })).toThrow();
  });

  test("is another trial with other params, and the command says them", async () => {
    const other = await project.submit("strategies/sma-cross.ts", "--param", "fast=20", "--param", "slow=60");
    expect(other.code).toBe(0);
    expect(other.result.provenance).toMatchObject({
      trials: 2,
      params: { fast: 20, slow: 60 },
      version: first.result.provenance?.version,
      command: "qmtl submit strategies/sma-cross.ts --world sp500-trend --param fast=20 --param slow=60",
    });
    expect(other.result.provenance?.evalKey).not.toBe(first.result.provenance?.evalKey);
    expect(other.result.provenance?.graph).not.toBe(first.result.provenance?.graph);
  });

  test("is judged on less when it may know less", async () => {
    const earlier = await project.submit("strategies/sma-cross.ts", "--as-of", "2010-12-31");
    expect(earlier.result.dataset).toMatchObject({ asOf: "2011-01-01T00:00:00Z" });
    expect(earlier.result.backtest?.to).toBe("2010-12-31T21:00:00Z");
    expect(earlier.result.dataset?.fingerprint).not.toBe(first.result.dataset?.fingerprint);
    expect(earlier.result.provenance?.command).toContain("--as-of 2010-12-31");
  });

  test("is refused knowledge that the world does not have", async () => {
    const before = await project.journal();
    for (const [asOf, code] of [
      ["2020-04-18", "data.as-of-beyond-world"],
      ["2020-13-40", "data.invalid-instant"],
      ["1999-12-31", "data.short-history"],
    ] as const) {
      const { code: exitCode, error } = await project.submit("strategies/sma-cross.ts", "--as-of", asOf);
      expect({ asOf, exitCode, error }).toMatchObject({
        exitCode: 2,
        error: { code, next: expect.stringMatching(/\w/) },
      });
    }
    expect(await project.journal()).toEqual(before);
  });

  test("is a version of its own when its code says something else, and none when only its text does", async () => {
    const text = project.read("strategies/sma-cross.ts");
    project.write("strategies/other.ts", `// A comment.\n${text.replaceAll("  ", "    ")}`);
    const same = await project.submit("strategies/other.ts");
    expect(same.result.provenance?.evalKey).toBe(first.result.provenance?.evalKey);
    expect(same.result.computed.cached).toBe(true);
    project.write("strategies/other.ts", text.replace("? 1 : 0", "? 0.5 : 0"));
    const other = await project.submit("strategies/other.ts");
    expect(other.result.provenance?.version).not.toBe(first.result.provenance?.version);
    expect(other.result.computed.cached).toBe(false);
  });
});

describe("a second strategy", () => {
  test("competes with the first, and the wish for a mode is recorded and not obeyed", async () => {
    const project = makeProject({
      "strategies/rival.ts": strategyText({ name: "rival", compute: "({ close }) => ({ weight: close > 0 ? 1 : 0 })" }),
    });
    const first = await project.submit("strategies/sma-cross.ts");
    const rival = await project.submit("strategies/rival.ts", "--mode", "live");
    expect(first.result).toMatchObject({ status: "active", share: 1, rank: 1, requested: null });
    // One trade in twenty years breaks the gate on the number of trades.
    expect(rival.code).toBe(1);
    expect(rival.result).toMatchObject({ status: "rejected", requested: "live", domain: "backtest", share: 0 });
    expect(rival.result.mode).not.toBe("live");
    expect(rival.result.violations[0]).toMatchObject({
      stage: "gates",
      rule: "trades",
      metric: "num_trades",
      bound: 10,
    });
    // It was evaluated, so it counts; it was rejected, so the first one stays.
    expect(rival.result.provenance?.trials).toBe(2);
    const { stdout } = await project.qmtl("world", "status", "sp500-trend", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      active: 1,
      trials: 2,
      strategies: [{ strategy: "sma-cross", share: 1 }, {}],
    });
  });
});

test("the published schema is the one that results are made by", () => {
  expect(JSON.parse(readFileSync(published, "utf8"))).toEqual(JSON.parse(JSON.stringify(submitResultJsonSchema())));
});

import { describe, expect, test } from "vitest";
import type { AllocatedShare, AllocationInput } from "../plugin/contract/allocator.ts";
import { definePlugin, emptyConfig, type Plugin } from "../plugin/contract/plugin.ts";
import { allocatorSuite } from "./allocator-suite.ts";
import { failingCases } from "./failing-cases.test.kit.ts";

type Allocate = (input: AllocationInput) => readonly AllocatedShare[];

const equal: Allocate = ({ candidates, budget }) => {
  const active = candidates.filter((one) => one.active).length;
  return candidates.map((one) => ({ strategy: one.strategy, share: one.active ? Math.min(1, budget / active) : 0 }));
};

function failing(allocate: Allocate, over: Partial<Plugin<"allocator">> = {}): Promise<readonly string[]> {
  const plugin = definePlugin({
    kind: "allocator",
    name: "@acme/allocator",
    version: "1.0.0",
    api: 1,
    use: "acme",
    description: "For tests",
    config: emptyConfig,
    setup: () => ({ allocate }),
    ...over,
  }) as unknown as Plugin<"allocator", unknown>;
  return failingCases((runner) => allocatorSuite(runner, { plugin, config: {}, root: "." }));
}

describe("the suite for allocators", () => {
  test("passes a sound one", async () => {
    expect(await failing(equal)).toEqual([]);
  });

  let calls = 0;
  const defects: readonly (readonly [string, string, Allocate])[] = [
    [
      "spends more than the budget",
      "AL-01",
      ({ candidates, budget }) => equal({ candidates, budget: budget * 1.01, times: new Float64Array() }),
    ],
    [
      "gives to the inactive",
      "AL-02",
      ({ candidates, budget }) => candidates.map(({ strategy }) => ({ strategy, share: budget / candidates.length })),
    ],
    [
      "gives a negative share",
      "AL-01",
      (input) => equal(input).map((one, i) => (i === 0 && one.share > 0 ? { ...one, share: -0.1 } : one)),
    ],
    ["names strangers", "AL-01", () => [{ strategy: "stranger", share: 0 }]],
    ["spends without a budget", "AL-03", (input) => equal({ ...input, budget: Math.max(input.budget, 0.01) })],
    [
      "prefers the first",
      "AL-04",
      ({ candidates, budget }) => {
        const first = candidates.find((one) => one.active);
        return candidates.map((one) => ({ strategy: one.strategy, share: one === first ? budget : 0 }));
      },
    ],
    [
      "remembers",
      "AL-05",
      (input) => {
        calls += 1;
        return equal({ ...input, budget: input.budget * (calls % 2 === 0 ? 1 : 0.9) });
      },
    ],
    [
      "spoils its input",
      "AL-06",
      (input) => {
        input.times.fill(0);
        input.candidates[0]?.returns.fill(0);
        return equal(input);
      },
    ],
    [
      "divides by the variance of nothing",
      "AL-07",
      ({ candidates, budget }) => {
        const weights = candidates.map(({ active, returns }) =>
          active ? 1 / returns.reduce((sum, r) => sum + (Number.isNaN(r) ? 0 : r * r), 0) : 0,
        );
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return candidates.map(({ strategy }, i) => ({ strategy, share: (budget * (weights[i] ?? 0)) / total }));
      },
    ],
  ];
  test.each(defects)("catches one that %s: %s", async (_defect, number, allocate) => {
    expect(await failing(allocate)).toContain(number);
  });

  test("catches one that explains other shares than it gives", async () => {
    const explaining = (budget: number) => ({
      allocate: equal,
      explain: (input: AllocationInput) => ({
        shares: equal({ ...input, budget: input.budget * budget }),
        method: "acme",
        notes: [],
        figures: {},
        binding: [],
      }),
    });
    expect(await failing(equal, { setup: () => explaining(1) })).toEqual([]);
    expect(await failing(equal, { setup: () => explaining(0.9) })).toEqual(["AL-08"]);
  });

  test("catches a plugin that takes any configuration, or none, or waits", async () => {
    const config = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } } as never;
    expect(await failing(equal, { config })).toEqual(["PL-02", "PL-03"]);
    expect(await failing(equal, { version: "one" })).toContain("PL-01");
    expect(await failing(equal, { setup: async () => ({ allocate: equal }) })).toContain("PL-04");
  });
});

import type { AllocationInput, Allocator } from "../plugin/contract/allocator.ts";
import type { Plugin } from "../plugin/contract/plugin.ts";
import { checkShares, copyAllocationInput } from "../plugin/host/guard-allocator.ts";
import { claim, claimSame } from "./claim.ts";
import { failCase, openPlugin, type Setting } from "./opened.ts";
import { pluginCases } from "./plugin-cases.ts";
import { type Chance, chance } from "./random.ts";
import type { TestRunner } from "./runner.ts";

export interface AllocatorSuite extends Setting {
  readonly plugin: Plugin<"allocator", unknown>;
}

const DAY = 86_400_000;
/** What the order of additions may change. */
const ROUNDING = 1e-9;

/**
 * The laws of an allocator, by property over generated candidates.
 *
 * @example
 * import { describe, test } from "vitest";
 * allocatorSuite({ describe, test }, { plugin: allocatorEqual, config: {}, root: "." });
 */
export function allocatorSuite(runner: TestRunner, suite: AllocatorSuite): void {
  const { plugin } = suite;
  runner.describe(`allocator ${plugin.name}`, () => {
    const { test } = runner;
    pluginCases(runner, plugin, () => suite);

    const opened = async (body: (allocator: Allocator) => void): Promise<void> => {
      const { instance, close } = await openPlugin(plugin, suite);
      body(instance);
      await close();
    };
    const shares = (allocator: Allocator, input: AllocationInput) =>
      checkShares(allocator.allocate(copyAllocationInput(input)), input, failCase);

    test("AL-01 gives finite shares between 0 and 1, within the budget, to known strategies, nothing to the inactive", () =>
      opened((allocator) => {
        const random = chance(1);
        for (let i = 0; i < 300; i++) shares(allocator, someInput(random));
      }));

    test("AL-02 gives nothing when nobody is active, or nobody is there", () =>
      opened((allocator) => {
        const random = chance(2);
        for (let i = 0; i < 20; i++) {
          const input = someInput(random);
          const candidates = input.candidates.map((candidate) => ({ ...candidate, active: false }));
          const idle = shares(allocator, { ...input, candidates });
          claim(
            idle.every(({ share }) => share === 0),
            "an inactive candidate gets a share",
          );
        }
        claimSame(
          shares(allocator, { candidates: [], times: new Float64Array(0), budget: 1 }),
          [],
          "the answer to nobody",
        );
      }));

    test("AL-03 gives nothing from a budget of 0", () =>
      opened((allocator) => {
        const random = chance(3);
        for (let i = 0; i < 20; i++) {
          const none = shares(allocator, { ...someInput(random), budget: 0 });
          claim(
            none.every(({ share }) => share <= 1e-12),
            "a budget of 0 gives a share",
          );
        }
      }));

    test("AL-04 does not depend on the order of the candidates", () =>
      opened((allocator) => {
        const random = chance(4);
        for (let i = 0; i < 100; i++) {
          const input = someInput(random);
          const straight = byStrategy(shares(allocator, input));
          const mixed = byStrategy(shares(allocator, { ...input, candidates: random.shuffle(input.candidates) }));
          for (const [strategy, share] of straight) {
            const other = mixed.get(strategy) ?? Number.NaN;
            claim(Math.abs(other - share) <= ROUNDING, `${strategy} gets ${share}, and ${other} in another order`);
          }
        }
      }));

    test("AL-05 gives the same bits 100 times", () =>
      opened((allocator) => {
        const input = someInput(chance(5));
        const other = someInput(chance(50));
        const first = shares(allocator, input);
        for (let i = 0; i < 100; i++) {
          if (i % 3 > 0) shares(allocator, other);
          claimSame(shares(allocator, input), first, "a repeated answer");
        }
      }));

    test("AL-06 leaves its input as it is", () =>
      opened((allocator) => {
        const random = chance(6);
        for (let i = 0; i < 50; i++) {
          const input = copyAllocationInput(someInput(random));
          const before = copyAllocationInput(input);
          allocator.allocate(input);
          claimSame(input, before, "the input after the call");
        }
      }));

    test("AL-07 keeps the laws for returns that are missing, constant, ruinous or huge", () =>
      opened((allocator) => {
        const length = 30;
        const series: readonly Float64Array[] = [
          new Float64Array(length).fill(Number.NaN),
          new Float64Array(length),
          new Float64Array(length).fill(0.001),
          new Float64Array(length).fill(-1),
          new Float64Array(length).fill(1e12),
          Float64Array.from({ length }, (_, i) => (i % 2 === 0 ? 1e-300 : -1e-300)),
        ];
        const times = Float64Array.from({ length }, (_, i) => i * DAY);
        const candidates = series.map((returns, i) => candidate(`odd-${i}`, returns, true, i === 0 ? -1e300 : i));
        shares(allocator, { candidates, times, budget: 1 });
        for (const one of candidates) shares(allocator, { candidates: [one], times, budget: 0.5 });
        const empty = candidates.map((one) => ({ ...one, returns: new Float64Array(0) }));
        shares(allocator, { candidates: empty, times: new Float64Array(0), budget: 1 });
      }));

    test("AL-08 explains the same shares, with wider limits or without, where it explains", () =>
      opened((allocator) => {
        const { explain } = allocator;
        if (explain === undefined) return;
        const random = chance(8);
        for (let i = 0; i < 30; i++) {
          const input = someInput(random);
          const plain = shares(allocator, input);
          for (const relax of [false, true]) {
            const { shares: explained } = explain.call(allocator, copyAllocationInput(input), { relax });
            claimSame(checkShares(explained, input, failCase), plain, `the shares explained with relax: ${relax}`);
          }
        }
      }));
  });
}

function someInput(random: Chance): AllocationInput {
  const length = random.integer(0, 60);
  const times = Float64Array.from({ length }, (_, i) => i * DAY);
  const candidates = Array.from({ length: random.integer(1, 12) }, (_, i) => {
    const start = random.integer(0, length);
    const returns = Float64Array.from({ length }, (_, t) => (t < start ? Number.NaN : 0.01 * random.normal()));
    return candidate(`strategy-${i}`, returns, random.next() < 0.7, random.normal());
  });
  return { candidates, times, budget: random.pick([1, 1, 0.5, random.next()]) };
}

function candidate(strategy: string, returns: Float64Array, active: boolean, score: number) {
  return { strategy, version: `${strategy}@1`, active, score, returns };
}

function byStrategy(shares: ReturnType<Allocator["allocate"]>): ReadonlyMap<string, number> {
  return new Map(shares.map(({ strategy, share }) => [strategy, share]));
}

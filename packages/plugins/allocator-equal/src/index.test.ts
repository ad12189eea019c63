import type { AllocationInput } from "@qmtl/core/plugin";
import { allocatorSuite } from "@qmtl/core/plugin-testing";
import { describe, expect, test } from "vitest";
import allocatorEqual from "./index.ts";

allocatorSuite({ describe, test }, { plugin: allocatorEqual, config: {}, root: "." });

describe("equal shares", () => {
  const allocate = (active: readonly boolean[], budget: number) => {
    const candidates = active.map((isActive, i) => ({
      strategy: `s${i}`,
      version: "1",
      active: isActive,
      score: i,
      returns: new Float64Array(0),
    }));
    const input: AllocationInput = { candidates, times: new Float64Array(0), budget };
    const allocator = allocatorEqual.setup({} as never, {});
    if (allocator instanceof Promise) throw new Error("an allocator is set up at once");
    return allocator.allocate(input).map(({ share }) => share);
  };

  test("the budget over the active candidates", () => {
    expect(allocate([true, false, true], 1)).toEqual([0.5, 0, 0.5]);
    expect(allocate([true, true, true, true], 0.8)).toEqual([0.2, 0.2, 0.2, 0.2]);
    expect(allocate([true], 1)).toEqual([1]);
  });

  test("never more than the whole to one", () => {
    expect(allocate([true, true], 5)).toEqual([1, 1]);
  });
});

import type { ApplyPlan, ApplyStatus } from "@qmtl/core";
import { describe, expect, test } from "vitest";
import { applyText, planText } from "./apply-text.ts";

const plan: ApplyPlan = {
  world: "lab",
  decision: 7,
  standing: "applied",
  changes: [
    {
      ...{ strategy: "sma", version: "f".repeat(64), change: "enters", before: null },
      after: { mode: "paper", share: 0.5, scale: 0.5 },
    },
    {
      ...{ strategy: "old", version: "e".repeat(64), change: "leaves", after: null },
      before: { mode: "paper", share: 1, scale: 1 },
    },
  ],
  participants: ["s1", "s2"],
  running: null,
};

describe("a plan", () => {
  test("says each change and who has to answer before anybody agrees to it", () => {
    expect(planText(plan)).toEqual({
      title: "lab: apply decision 7?",
      detail:
        "sma@ffffffff enters: not active → paper 25.00 %\nold@eeeeeeee leaves: paper 100.00 % → not active\n\n2 runners have to answer: s1, s2.",
      canApply: true,
    });
    expect(planText({ ...plan, participants: [] }).detail).toContain("it is done at once");
  });

  test.each<[Partial<ApplyPlan>, RegExp]>([
    [{ decision: null }, /nothing was decided yet/],
    [{ standing: "awaiting-approval" }, /waits for an approval/],
    [{ standing: "refused" }, /can't be applied/],
    [{ running: 3 }, /apply 3 is under way/],
    [{ changes: [] }, /nothing would change/],
  ])("%j can't be agreed to", (parts, says) => {
    const { title, canApply } = planText({ ...plan, ...parts });
    expect({ title, canApply }).toEqual({ title: expect.stringMatching(says), canApply: false });
  });
});

describe("an apply", () => {
  const status: ApplyStatus = {
    ...{ world: "lab", apply: 4, run: "r", phase: "idle", since: null, waiting: [], acknowledged: [], left: [] },
    ...{ outcome: { kind: "completed", missing: [] }, decision: "applied", activation: 9, active: [] },
  };

  test("says what is active, or that it was rolled back and why", () => {
    expect(applyText(status)).toEqual({ text: "Apply 4 of lab is completed. Active: nothing.", isFine: true });
    const outcome = { kind: "rolled-back", reason: "nobody answered", gates: "frozen", missing: ["s1"] } as const;
    expect(applyText({ ...status, outcome })).toEqual({
      text: "Apply 4 of lab was rolled back, gates frozen: nobody answered, without s1.",
      isFine: false,
    });
    expect(applyText({ ...status, outcome: null, phase: "freezing", waiting: ["s1"] }).text).toBe(
      "Apply 4 of lab goes on (freezing), waits for s1.",
    );
  });
});

import { describe, expect, test } from "vitest";
import { crashPoints, crashRun } from "./crash-points.test.kit.ts";
import { DEFECTS } from "./defects.test.kit.ts";
import type { Bounds } from "./model.test.kit.ts";
import { type Protocol, REAL } from "./protocol.test.kit.ts";
import { replay, search, traceTest } from "./search.test.kit.ts";
import { simulate } from "./simulation.test.kit.ts";
import { perform, SMALL, tasks } from "./tasks.test.kit.ts";

const ONE: Bounds = { applies: 1, participants: 1, sessions: 2, orders: true, failures: true, zombie: true };
const TWO: Bounds = { applies: 1, participants: 2, sessions: 1, orders: false, failures: false, zombie: true };

describe("every state that the reducers can come to", () => {
  test.each([
    ["a runner that dies and comes back, with everything that can go wrong", ONE],
    ["two runners and an append that comes late", TWO],
  ] as const)("%s: safe, and rest is always within reach", (_, bounds) => {
    const { states, violations, stuck, exhausted, marks } = search(REAL, bounds);
    expect(violations.map((one) => traceTest(one, bounds))).toEqual([]);
    expect({ stuck, exhausted, marks }).toEqual({
      stuck: 0,
      exhausted: true,
      marks: ["late-freeze-after-unfreeze"],
    });
    expect(states).toBeGreaterThan(15_000);
  });

  test("an apply that waits for ever leaves states without a way to rest", () => {
    const patient: Protocol = {
      ...REAL,
      step: (state, event, at) =>
        event.kind === "timed-out" || event.kind === "lost"
          ? { state, records: [], effects: [] }
          : REAL.step(state, event, at),
    };
    const { violations, stuck, exhausted } = search(patient, { ...TWO, participants: 1 });
    expect({ violations, exhausted }).toEqual({ violations: [], exhausted: true });
    expect(stuck).toBeGreaterThan(0);
  });
});

test.each(DEFECTS)("finds the mistake: $name", ({ protocol }) => {
  const [violation] = search(protocol, SMALL, { first: true, limit: 1_000_000 }).violations;
  expect(violation).toBeDefined();
  if (violation === undefined) return;
  // The shortest way to it shows it again, and not where the mistake isn't made.
  expect(replay(protocol, SMALL, violation.trace)).toBe(violation.what);
  expect(replay(REAL, SMALL, violation.trace)).toBeUndefined();
  expect(traceTest(violation, SMALL)).toContain(JSON.stringify(violation.trace[0]));
});

describe("the shells over what fails as a seed says", () => {
  test("stay safe and come to rest", async () => {
    const result = await perform({ kind: "seeds", from: 1, count: 150 });
    expect(result).toMatchObject({ violations: [], stuck: 0, seeds: 150 });
    expect(result.marks.length).toBeGreaterThan(12);
  });

  test("run the same for the same seed", async () => {
    const [one, again, other] = [await simulate(11), await simulate(11), await simulate(12)];
    expect(again).toEqual(one);
    expect(other.lines).not.toEqual(one.lines);
  });

  test("and mistakes around them are found", async () => {
    const seeded = tasks(1).filter(({ kind }) => kind === "shell-defect");
    expect(seeded.length).toBe(7);
    for (const task of seeded) expect(await perform(task)).toMatchObject({ found: true });
  });
});

test("a crash in any call of the storage, and in some of the pairs, is no harm", async () => {
  expect((await crashRun([])).calls).toBeGreaterThan(30);
  let runs = 0;
  for await (const { points, run } of crashPoints({ part: 0, of: 1, every: 37 })) {
    runs++;
    expect({ points, violations: run.violations, stuck: run.stuck }).toEqual({ points, violations: [], stuck: false });
  }
  expect(runs).toBeGreaterThan(100);
});

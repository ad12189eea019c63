import { expect, test } from "vitest";
import { createMetrics } from "../observability/index.ts";
import { entryKey } from "../world/activation.ts";
import { decide } from "../world/decide.ts";
import { START, sampleDecision, sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { memoryState } from "../world/shell/memory-storage.test.kit.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { joinWorld } from "../world/shell/participant.ts";
import { after, submissionRecords } from "../world/submission.ts";
import { approveWorld } from "./world-view.ts";

const config = sampleWorld("apply: manual\n");

/** A world with a decision that waits for a person, and a runner that would answer an apply of it. */
async function waiting() {
  const state = memoryState(new Map());
  const began = performance.now();
  const clock = (): number => Math.round(START + performance.now() - began);
  const ending = new AbortController();
  const problems: unknown[] = [];
  const { signal } = ending;
  const world = openWorld({ storage: state, config, clock, signal });
  const submission = sampleSubmission(config, { strategy: "a" });
  await world.commit((head) => {
    const records = submissionRecords(head, submission, START);
    const decided = after(head, records);
    return [...records, ...decide(sampleDecision(decided, config, { selected: ["a"], now: START })).records];
  });
  const { gateTtl, freezeTimeout } = config.runners;
  const { version, params } = submission.evaluation;
  const runner = (held: () => Promise<void>) =>
    joinWorld({
      world,
      strategy: "a",
      host: { name: "here", pid: 1 },
      report: { version, domain: "dryrun" },
      gateTtl,
      freezeTimeout,
      prepare: async () => {
        await held();
        return [entryKey({ strategy: "a", version, params })];
      },
      cancelOrders: async () => 0,
      onProblem: (error) => problems.push(error),
      clock,
      signal,
    });
  const approval = { clock, signal, actor: "kim", comment: "looks fine" };
  return { loaded: { config, state, metrics: createMetrics() }, approval, runner, problems, end: () => ending.abort() };
}

test("an approval stays with its apply until the runners have answered", async () => {
  const { loaded, approval, runner, problems, end } = await waiting();
  try {
    const joined = await runner(async () => {});
    const status = await approveWorld(loaded, approval);
    expect(status).toMatchObject({
      apply: { kind: "applied" },
      active: 1,
      lastApply: { apply: 1, phase: "idle", outcome: { kind: "completed", missing: [] } },
    });
    await expect.poll(() => joined.view().gate.kind).toBe("open");
    expect(problems).toEqual([]);
  } finally {
    end();
  }
});

test("and leaves the apply to others when its patience has ended", async () => {
  const { loaded, approval, runner, end } = await waiting();
  try {
    await runner(() => new Promise(() => {}));
    const status = await approveWorld(loaded, { ...approval, patience: 0 });
    expect(status).toMatchObject({ apply: { kind: "applying" }, active: 0, lastApply: { phase: "freezing" } });
    expect(status.lastApply?.waiting).toHaveLength(1);
  } finally {
    end();
  }
});

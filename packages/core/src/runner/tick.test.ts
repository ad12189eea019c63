import { describe, expect, test } from "vitest";
import { createMetrics } from "../observability/index.ts";
import type { Allocator } from "../plugin/contract/allocator.ts";
import type { Evaluator } from "../plugin/contract/evaluator.ts";
import type { ObjectStorage } from "../plugin/contract/storage.ts";
import { compilePolicy } from "../policy/compile-policy.ts";
import { digestBytes } from "../schema/canonical.ts";
import type { WorldConfig } from "../world/config.ts";
import { decide } from "../world/decide.ts";
import { DAY, START, sampleDecision, sampleRealised, sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { memoryState } from "../world/shell/memory-storage.test.kit.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { after, submissionRecords } from "../world/submission.ts";
import { localPlugins } from "./local-executor.ts";
import { encodeRun, type StoredRun } from "./stored-run.ts";
import { ruleOnStrategy, type TickContext, tickWorld } from "./tick.ts";

const sharpe: Evaluator = {
  metrics: [{ name: "sharpe", formula: "mean over deviation", unit: "1", better: "higher" }],
  evaluate: ({ returns }) => {
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
    return { metrics: { sharpe: { kind: "value", value: mean / Math.sqrt(variance) } }, checks: {} };
  },
};
const equal: Allocator = {
  allocate: ({ candidates }) => candidates.map(({ strategy, active }) => ({ strategy, share: active ? 1 : 0 })),
};
const host = { get: (kind: string) => (kind === "evaluator" ? sharpe : equal) as never };

const PERIODS = 100;
const backtest: StoredRun = {
  format: 3,
  evidence: "backtest",
  period: "1d",
  start: START - PERIODS * DAY,
  times: Array.from({ length: PERIODS }, (_, i) => START - (PERIODS - 1 - i) * DAY),
  equity: Array.from({ length: PERIODS + 1 }, () => 1),
  returns: Array.from({ length: PERIODS }, (_, i) => 0.002 + 0.01 * Math.sin(i)),
  exposure: Array.from({ length: PERIODS }, () => 1),
  periodsPerYear: 252,
  turnover: 0,
  trades: [],
  fees: 0,
  slippage: 0,
  holding: { borrow: 0, interest: 0, dividends: 0 },
  costs: { fees: [], slippage: [] },
  prices: [],
  notes: [],
  guards: null,
  computed: { nodes: 1, rows: 1 },
};

/** Objects by digest; nothing here has a reference. */
function memoryObjects(): ObjectStorage {
  const known = new Map<string, Uint8Array>();
  const none = () => Promise.reject(new Error("no references are kept"));
  return {
    put: async (bytes) => {
      const digest = digestBytes(bytes);
      known.set(digest, bytes);
      return digest;
    },
    get: async (digest) => known.get(digest),
    has: async (digest) => known.has(digest),
    ref: none,
    putIfAbsent: none,
    compareAndSet: none,
    refs: none,
  };
}

/** A world on which `a` was submitted, at whatever time the test says. */
async function submitted(config: WorldConfig) {
  const time = { now: START };
  const state = memoryState(new Map());
  const objects = memoryObjects();
  const signal = new AbortController().signal;
  const evaluators = [{ use: "standard", name: "standard", version: "1", config: {} }];
  const context: TickContext = {
    config,
    compiled: compilePolicy(config.policy, sharpe.metrics),
    evaluators,
    plugins: localPlugins(host, config.id),
    state,
    objects,
    metrics: createMetrics(),
    clock: () => time.now,
    signal,
  };
  const world = openWorld({ storage: state, config, clock: context.clock, signal });
  const run = await objects.put(encodeRun(backtest), { signal });
  const submission = sampleSubmission(config, { strategy: "a" });
  await world.commit((head) => {
    const evaluation = { ...submission.evaluation, objects: { run } };
    const records = submissionRecords(head, { ...submission, evaluation }, START);
    const decided = after(head, records);
    return [...records, ...decide(sampleDecision(decided, config, { selected: ["a"], now: START })).records];
  });
  return {
    context,
    world,
    realise: async (returns: readonly number[], from: number, feed: "live" | "replay" = "live") => {
      await world.commit(() => sampleRealised(config, { strategy: "a", returns, from, feed }));
      time.now = from + (returns.length - 1) * DAY + 1000;
    },
    at: (now: number) => {
      time.now = now;
    },
  };
}

const GOOD = [0.01, 0.012, 0.008, 0.011, 0.009, 0.01];
const live = sampleWorld(
  "max_mode: live\nallow_live: true\ncampaign:\n  paper: { window: 10, min_samples: 5 }\n  canary: { scale: 0.5, periods: 3 }\n",
);

describe("a tick", () => {
  test("of a period that was decided on writes nothing", async () => {
    const { context, world } = await submitted(live);
    const first = await tickWorld(context);
    const head = await world.head();
    expect(await tickWorld(context)).toEqual({ ...first, committed: false });
    expect(await world.head()).toBe(head);
  });

  test("with a plan says what it would do, writes nothing, and then does it", async () => {
    const { context, world, realise } = await submitted(live);
    await tickWorld(context);
    await realise(GOOD, START + DAY);
    const head = await world.head();
    const planned = await tickWorld(context, { plan: true });
    expect(await world.head()).toBe(head);
    const ticked = await tickWorld(context);
    expect(planned).toEqual({ ...ticked, planned: true, revision: planned.revision });
    expect(ticked).toMatchObject({
      schema: "qmtl.tick/1",
      period: new Date(START + 6 * DAY).toISOString().replace(".000Z", "Z"),
      committed: true,
      apply: "applied",
      strategies: [
        { strategy: "a", from: "paper", to: "candidate", verdict: "pass", hold: "approval", domain: "dryrun" },
      ],
    });
  });

  test("goes on with evidence that a runner carries on, and only with that", async () => {
    const { context, realise, at } = await submitted(live);
    await realise(GOOD, START + DAY);
    const [fresh] = (await tickWorld(context)).strategies;
    expect(fresh).toMatchObject({ policy: "selected", mode: "paper" });
    at(START + 11 * DAY);
    const [old] = (await tickWorld(context)).strategies;
    expect(old).toMatchObject({ to: "backtest", policy: "excluded", mode: "compute-only" });
    expect(old?.exclusions[0]).toMatchObject({ stage: "data-currency" });

    const replayed = await submitted(live);
    await replayed.realise(GOOD, START + DAY, "replay");
    expect((await tickWorld(replayed.context)).strategies[0]).toMatchObject({ mode: "compute-only" });
  });

  test("and a person's word lead to live, by a canary, and back", async () => {
    const { context, realise, world } = await submitted(live);
    await realise(GOOD, START + DAY);
    await tickWorld(context);
    const rule = (verdict: "approved" | "rejected") =>
      ruleOnStrategy(context, { ...context, strategy: "a", verdict, actor: "kim", comment: "ok" });
    expect((await rule("approved")).strategies[0]).toMatchObject({ mode: "live", domain: "live", active: true });
    expect((await world.load()).apply.activation.entries).toMatchObject([{ mode: "live", scale: 0.5 }]);
    expect((await tickWorld(context)).committed).toBe(false);
    expect((await rule("rejected")).strategies[0]).toMatchObject({ mode: "paper", domain: "dryrun" });
    await expect(rule("rejected")).rejects.toMatchObject({ code: "world.nothing-to-reject" });
  });

  test("of a world without a candidate is refused", async () => {
    const { context } = await submitted(live);
    const empty = { ...context, state: memoryState(new Map()) };
    await expect(tickWorld(empty)).rejects.toMatchObject({ code: "world.no-decision" });
  });
});

import { describe, expect, test } from "vitest";
import { worldCapital } from "../allocation/capital.ts";
import type { HeldPosition } from "../allocation/position.ts";
import type { Fill } from "../backtest/fill-log.ts";
import { freeTerms } from "../backtest/order-terms.ts";
import { decide } from "../world/decide.ts";
import { DAY, START, sampleDecision, sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { type MemoryDisk, memoryState } from "../world/shell/memory-storage.test.kit.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { after, submissionRecords } from "../world/submission.ts";
import type { LoadedWorld } from "./load-world.ts";
import { applyWorldRebalance, planWorldRebalance, type RebalanceOptions, runnerBook } from "./rebalance-world.ts";
import { opened as open, standing, traded } from "./run/account-record.test.kit.ts";
import { writeAccountRecord } from "./run/account-record.ts";

const { signal } = new AbortController();
const clock = () => START + DAY;
const config = sampleWorld();
const equity = { total: 2_000_000, currency: "USD", worlds: { sample: 0.5 } };

function opened(disk: MemoryDisk = new Map(), storage = memoryState(disk)) {
  const capital = worldCapital(config, equity);
  const loaded = { config, capital, state: storage } as Partial<LoadedWorld> as LoadedWorld;
  return { disk, loaded, journal: openWorld({ storage, config, clock, signal }) };
}

/** A world that has given shares to these strategies, by `seed` of their code. */
async function decided(strategies: readonly string[], world = opened()) {
  for (const strategy of strategies)
    await world.journal.commit((state) => {
      const submitted = submissionRecords(state, sampleSubmission(config, { strategy }), START);
      const next = after(state, submitted);
      return [...submitted, ...decide(sampleDecision(next, config, { selected: [...next.candidates.keys()] })).records];
    });
  return world;
}

function held(strategy: string, quantity: number, mark = 100): HeldPosition {
  return { world: "sample", strategy, symbol: "SPX", venue: null, quantity, mark };
}

const options = (positions: readonly HeldPosition[]): RebalanceOptions => ({ clock, signal, positions });
const applying = (run: string, positions: readonly HeldPosition[]) => ({ ...options(positions), run, actor: "me" });

test("the first rebalancing takes what is held as it is, later ones go from one snapshot to the next", async () => {
  const world = await decided(["a"]);
  const first = await applyWorldRebalance(world.loaded, applying("one", [held("a", 10)]));
  expect(first).toMatchObject({ applied: true, plan: { turnover: expect.closeTo(0, 12) } });
  await decided(["b"], world);
  const { plan } = await planWorldRebalance(world.loaded, options([held("a", 10)]));
  const before = first.record.kind === "rebalanced" ? (await world.journal.load()).allocated?.strategies[0]?.share : 0;
  const entries = (await world.journal.load()).apply.activation.entries;
  const share = entries.find(({ strategy }) => strategy === "a")!.share;
  expect(plan.worlds[0]?.scales.strategies["a"]).toBeCloseTo(share / before!, 12);
  const { record } = await applyWorldRebalance(world.loaded, applying("two", [held("a", 10)]));
  expect(record.orders).toEqual([
    {
      strategy: "a",
      symbol: "SPX",
      venue: null,
      quantity: expect.closeTo(10 * (share / before! - 1), 9),
      reduceOnly: true,
      held: 10,
    },
  ]);
});

test("the document carries what was measured", async () => {
  const { loaded } = await decided(["a"]);
  const { document } = await planWorldRebalance(loaded, { ...options([]), intent: { reason: "monthly" } });
  expect(document.schema_version).toBe(2);
  expect(Object.keys(document.alpha_metrics?.per_strategy ?? {})).toEqual(["a"]);
  expect(document.rebalance_intent).toEqual({ meta: { reason: "monthly" } });
  await expect(
    planWorldRebalance(loaded, { ...options([]), schemaVersion: 1, alphaMetricsRequired: true }),
  ).rejects.toMatchObject({ code: "allocation.schema-too-old" });
});

describe("a change is applied", () => {
  test("once, and refused under its name with another plan", async () => {
    const { loaded, journal } = await decided(["a"]);
    const executed: string[] = [];
    const executor = { execute: async (_orders: unknown, { run }: { run: string }) => void executed.push(run) };
    const of = { ...applying("one", [held("a", 10)]), executor };
    const first = await applyWorldRebalance(loaded, of);
    const again = await applyWorldRebalance(loaded, of);
    expect([first.applied, again.applied, executed]).toEqual([true, false, ["one"]]);
    expect(again.record).toEqual(first.record);
    const { revision } = await journal.load();
    const other = { ...applying("one", [held("a", 10)]), shares: { a: 0.25 } };
    await expect(applyWorldRebalance(loaded, other)).rejects.toMatchObject({ code: "allocation.conflict" });
    expect((await journal.load()).revision).toBe(revision);
  });

  test("by one of two writers at once, each of whom learns the same", async () => {
    const { disk } = await decided(["a"]);
    const [one, two] = [opened(disk), opened(disk)];
    const done = await Promise.all(
      [one, two].map(({ loaded }) => applyWorldRebalance(loaded, applying("one", [held("a", 10)]))),
    );
    expect(done.map(({ applied }) => applied).sort()).toEqual([false, true]);
    expect(done[0]!.record).toEqual(done[1]!.record);
    const kinds = (await one.journal.entries()).map(({ record }) => record.kind);
    expect(kinds.filter((kind) => kind === "rebalanced" || kind === "allocated")).toEqual(["allocated", "rebalanced"]);
  });

  test("not at all when it can't be executed: nothing is recorded", async () => {
    const { loaded, journal } = await decided(["a"]);
    const { revision } = await journal.load();
    const executor = { execute: () => Promise.reject(new Error("the broker is away")) };
    await expect(applyWorldRebalance(loaded, { ...applying("one", [held("a", 10)]), executor })).rejects.toMatchObject({
      code: "allocation.execution-failed",
      class: "failed",
    });
    expect((await journal.load()).revision).toBe(revision);
    expect((await applyWorldRebalance(loaded, applying("one", [held("a", 10)]))).applied).toBe(true);
  });

  test("nowhere before the world has decided, nor to another world's positions", async () => {
    const { loaded } = opened();
    await expect(planWorldRebalance(loaded, options([]))).rejects.toMatchObject({ code: "allocation.no-decision" });
    const other = await decided(["a"]);
    await expect(
      planWorldRebalance(other.loaded, options([{ ...held("a", 1), world: "elsewhere" }])),
    ).rejects.toMatchObject({ code: "allocation.invalid-position" });
  });
});

test("what runners hold is the last standing of their accounts, by the share that each position was sized by", async () => {
  const { loaded } = await decided(["a", "b"]);
  const position = (symbol: string, quantity: number) => ({ symbol, quantity, averageCost: 90, mark: 100 });
  const fill = (symbol: string, time: number, quantity: number): Fill => ({
    ...{ time, symbol, bar: 0, quantity, held: quantity, price: 100, fee: 0, slippage: 0, realized: 0 },
    ...{ kind: "target", type: "market", moment: "open", order: 1 },
  });
  const records = [
    open,
    traded(10, { terms: freeTerms(0.25), fills: [fill("SPX", 10, 3)] }),
    traded(11, {
      terms: freeTerms(0.5),
      fills: [fill("NDX", 11, 5)],
      standing: { ...standing, positions: [position("SPX", 3), position("NDX", 5)] },
    }),
  ].map((record) => writeAccountRecord("a", record));
  await loaded.state.append("sample", [{ stream: "paper.a", expectedRevision: 0, records }], { signal });
  const book = await runnerBook(loaded, { clock, signal });
  expect(book).toEqual({
    positions: [
      { ...held("a", 3), sizing: 0.5 },
      { ...held("a", 5), symbol: "NDX" },
    ],
    shares: { a: 0.5 },
  });
  // One was sized by a quarter of the world's equity, the other by the half that it has now.
  const { plan } = await planWorldRebalance(loaded, { ...options(book.positions), shares: book.shares! });
  expect(plan.worlds[0]?.deltas).toMatchObject([{ symbol: "SPX", quantity: 3 }]);
});

import { expect, test } from "vitest";
import type { StateStorage } from "../../plugin/contract/storage.ts";
import { entryKey } from "../activation.ts";
import { START } from "../sample.test.kit.ts";
import { bench, buy, config, freezeTimeout, gateTtl, VERSION } from "./bench.test.kit.ts";
import { openWorld } from "./open-world.ts";
import { applyTender } from "./tend-apply.ts";

test("a session starts closed, opens on what is activated, and is shut for an apply until it is over", async () => {
  const { time, submit, join, world, kinds } = bench();
  const a = await join();
  expect(a.admit(buy())).toMatchObject({ kind: "refused" });
  await time.pass(100);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "not_activated" });

  await submit("a", ["a"]);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "freezing", required: [a.view().session] });
  await time.pass(200);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "idle", outcome: { kind: "completed", missing: [] } });
  expect((await kinds()).slice(-5)).toEqual(["freezing", "acknowledged", "switched", "acknowledged", "completed"]);
  expect(a.view().gate).toMatchObject({ kind: "open" });
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
  expect(a.admit(buy("a", "2"))).toEqual({ kind: "refused", reason: "digest_mismatch" });
  expect(a.view().inFlight).toBe(1);

  await submit("b", ["a", "b"]);
  await time.pass(30);
  expect(a.cancelled).toContain(1);
  await time.pass(300);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "idle", epoch: 2, outcome: { kind: "completed" } });
  expect(a.problems).toEqual([]);
});

test("an order in flight holds the acknowledgement back until it is filled or cancelled", async () => {
  const { time, submit, join, world } = bench();
  await submit("a", ["a"]);
  const a = await join({ cancelOrders: async () => 0 });
  await time.pass(100);
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
  await submit("b", ["a", "b"]);
  await time.pass(300);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "apply_running" });
  expect((await world.load()).apply.phase).toMatchObject({ kind: "freezing", acknowledged: [] });
  a.ordersDone(1);
  await time.pass(100);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "idle", epoch: 2 });
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
});

test("a participant that can't load the version refuses: the apply is rolled back, and its gate opens on the old head", async () => {
  const { time, submit, join, world } = bench();
  await submit("a", ["a"]);
  const a = await join({
    prepare: async ({ entries }) => {
      if (entries.some(({ version }) => version !== VERSION)) throw new Error("no such bundle");
      return entries.map(entryKey);
    },
  });
  await time.pass(100);
  await submit("a", ["a"], "2");
  await time.pass(300);
  const { phase, activation } = (await world.load()).apply;
  expect(phase).toMatchObject({
    kind: "idle",
    outcome: { kind: "rolled-back", gates: "reopened", reason: expect.stringMatching(/no such bundle/) },
  });
  expect(activation.entries.map(({ version }) => version)).toEqual([VERSION]);
  expect(a.problems).toEqual([expect.objectContaining({ message: "no such bundle" })]);
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
});

test("what could not be loaded after all was decided is tried again, with the gate shut until then", async () => {
  const { time, submit, join } = bench();
  await submit("a", ["a"]);
  let tries = 0;
  const a = await join({
    prepare: async ({ entries }) => {
      tries += 1;
      if (tries < 3) throw new Error("not yet");
      return entries.map(entryKey);
    },
  });
  await time.pass(100);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "prepare_failed" });
  await time.pass(2500);
  expect(tries).toBe(3);
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
});

test("one that never answers is waited for as long as the world says; then the apply is rolled back and gates stay shut", async () => {
  const { time, submit, join, world } = bench();
  await submit("a", ["a"]);
  const [a, mute] = [await join(), await join({ prepare: () => new Promise(() => {}) })];
  await time.pass(100);
  await submit("b", ["a", "b"]);
  await time.pass(freezeTimeout - 100);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "freezing", acknowledged: [a.view().session] });
  await time.pass(400);
  expect((await world.load()).apply.phase).toMatchObject({
    kind: "aborting",
    reason: `${mute.view().session} did not shut in time`,
  });
  await time.pass(freezeTimeout);
  const { phase } = (await world.load()).apply;
  expect(phase).toMatchObject({
    kind: "idle",
    outcome: { kind: "rolled-back", gates: "frozen", missing: [mute.view().session] },
  });
  await time.pass(100);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "rolled_back_frozen" });
});

test("one that was killed leaves the apply when its gate must have shut, and the rest goes on", async () => {
  const { time, submit, join, world, kinds } = bench();
  await submit("a", ["a"]);
  const [a, dead] = [await join(), await join()];
  await time.pass(100);
  dead.kill();
  await submit("b", ["a", "b"]);
  await time.pass(1000);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "freezing" });
  await time.pass(600);
  expect((await world.load()).apply.phase).toMatchObject({
    kind: "idle",
    outcome: { kind: "completed", missing: [dead.view().session] },
  });
  expect(await kinds()).toContain("left");
  expect((await world.sessions.load()).all.map(({ session }) => session)).toEqual([a.view().session]);
  expect(dead.admit(buy())).toEqual({ kind: "refused", reason: "session_lost" });
});

test("a session that could not be renewed shuts its gate by itself, and comes back closed under another id", async () => {
  const { time, submit, join, world, storage } = bench();
  await submit("a", ["a"]);
  let down = false;
  const flaky: StateStorage = {
    ...storage,
    append: async (...given) => {
      if (down) throw new Error("storage is away");
      return storage.append(...given);
    },
  };
  const { signal } = new AbortController();
  const a = await join({
    world: openWorld({ storage: flaky, config, clock: time.clock, elapsed: time.elapsed, signal }),
  });
  await time.pass(100);
  const before = a.view().session;
  expect(a.view().gate.kind).toBe("open");
  down = true;
  await time.pass(gateTtl - 101);
  expect(a.admit({ ...buy(), quantity: 1 })).toEqual({ kind: "admitted" });
  await time.pass(1);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "session_lost" });
  await time.pass(2000);
  expect(a.problems.length).toBeGreaterThan(0);
  down = false;
  await time.pass(100);
  expect(a.view().session).not.toBe(before);
  expect(a.view().gate.kind).toBe("open");
  expect((await world.sessions.load()).all.map(({ session }) => session)).toEqual([a.view().session]);
});

test.each([
  ["on", 10_000],
  ["back", -10_000],
])("a clock that jumps %s shuts the gate until the session is a fresh one", async (_, by) => {
  const { time, submit, join } = bench();
  await submit("a", ["a"]);
  const a = await join();
  await time.pass(100);
  const before = a.view().session;
  time.jump(by);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "session_lost" });
  await time.pass(100);
  expect(a.view().session).not.toBe(before);
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
});

test("who joins while an apply runs starts closed, is not waited for, and opens when it is over", async () => {
  const { time, submit, join, world } = bench();
  await submit("a", ["a"]);
  const slow = await join({ cancelOrders: async () => 0 });
  await time.pass(100);
  slow.admit(buy());
  await submit("b", ["a", "b"]);
  const late = await join();
  await time.pass(200);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "freezing", required: [slow.view().session] });
  expect(late.admit(buy())).toEqual({ kind: "refused", reason: "apply_running" });
  slow.ordersDone(1);
  await time.pass(200);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "idle", epoch: 2 });
  expect(late.admit(buy())).toEqual({ kind: "admitted" });
});

test("who leaves is not waited for, and its gate is shut", async () => {
  const { time, submit, join, world } = bench();
  await submit("a", ["a"]);
  const stays = await join();
  const slow = await join({ prepare: () => new Promise(() => {}) });
  await time.pass(100);
  await submit("b", ["a", "b"]);
  await time.pass(100);
  const leaving = slow.leave();
  await time.pass(200);
  await leaving;
  expect(slow.admit(buy())).toEqual({ kind: "refused", reason: "session_lost" });
  expect((await world.load()).apply.phase).toMatchObject({
    kind: "idle",
    outcome: { kind: "completed", missing: [slow.view().session] },
  });
  expect((await world.sessions.load()).all.map(({ session }) => session)).toEqual([stays.view().session]);
});

test("a run that may only replay is not waited for; one that comes to trade is, from then on", async () => {
  const { time, submit, join, world } = bench();
  await submit("a", ["a"]);
  const a = await join({ report: { version: VERSION, domain: "backtest" } });
  await time.pass(100);
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "domain_without_orders" });
  await submit("b", ["a", "b"]);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "idle", epoch: 2 });
  const reported = a.report({ version: VERSION, domain: "dryrun", bar: START });
  await time.pass(100);
  await reported;
  expect(a.admit(buy())).toEqual({ kind: "admitted" });
  await submit("c", ["a", "b", "c"]);
  expect((await world.load()).apply.phase).toMatchObject({ kind: "freezing", required: [a.view().session] });
  await time.pass(200);
  await a.report({ version: VERSION, domain: "shadow" });
  expect(a.admit(buy())).toEqual({ kind: "refused", reason: "domain_without_orders" });
});

test("whatever process looks takes the steps that are due, and a second one finds nothing to do", async () => {
  const { time, submit, join, world, storage } = bench();
  await submit("a", ["a"]);
  const dead = await join();
  await time.pass(100);
  dead.kill();
  await submit("b", ["a", "b"]);
  const { signal } = new AbortController();
  const another = () => openWorld({ storage, config, clock: time.clock, elapsed: time.elapsed, signal });
  const tenders = [world, another(), another()].map((one) => applyTender(one, freezeTimeout, time.clock));
  const looking = async () => (await Promise.all(tenders.map((tend) => tend()))).map(({ apply }) => apply.phase.kind);
  expect(await looking()).toEqual(["freezing", "freezing", "freezing"]);
  // What the clock says is nothing that anybody saw.
  time.jump(1_000_000);
  expect(await looking()).toEqual(["freezing", "freezing", "freezing"]);
  await time.pass(5000);
  const states = await Promise.all(tenders.map((tend) => tend()));
  for (const { apply } of states) expect(apply.phase).toMatchObject({ kind: "idle", outcome: { kind: "completed" } });
  expect((await world.entries()).filter(({ record }) => record.kind === "completed")).toHaveLength(2);
});

import { expect, test } from "vitest";
import { applyDecision, driveApply, type HostOptions } from "./apply-host.ts";
import { bench, buy, config, freezeTimeout } from "./bench.test.kit.ts";

type Bench = ReturnType<typeof bench>;

function host({ world, time }: Bench, patience = 10_000, signal = new AbortController().signal): HostOptions {
  return { world, config, patience, clock: time.clock, signal, wait: time.wait };
}

test("stays with an apply until everybody has answered", async () => {
  const of = bench();
  await of.join();
  await of.time.pass(100);
  await of.submit("a", ["a"]);
  const driving = driveApply(host(of));
  await of.time.pass(500);
  expect((await driving).apply.phase).toMatchObject({ kind: "idle", outcome: { kind: "completed", missing: [] } });
});

test("leaves it to others when patience has ended; the apply goes on, and whoever comes next ends it", async () => {
  const of = bench();
  await of.submit("a", ["a"]);
  await of.join({ prepare: () => new Promise(() => {}) });
  await of.time.pass(100);
  await of.submit("b", ["a", "b"]);
  const impatient = driveApply(host(of, 100));
  await of.time.pass(200);
  expect((await impatient).apply.phase.kind).toBe("freezing");
  expect((await driveApply(host(of, 0))).apply.phase.kind).toBe("freezing");
  expect((await driveApply(host(of, 10_000, AbortSignal.abort()))).apply.phase.kind).toBe("freezing");
  const next = driveApply(host(of));
  await of.time.pass(2 * freezeTimeout + 500);
  expect((await next).apply.phase).toMatchObject({ kind: "idle", outcome: { kind: "rolled-back", gates: "frozen" } });
});

test("begins the apply of its decision when another one's has ended", async () => {
  const of = bench();
  await of.submit("a", ["a"]);
  const slow = await of.join({ cancelOrders: async () => 0 });
  await of.time.pass(100);
  slow.admit(buy());
  await of.submit("b", ["a", "b"]);
  await of.submit("c", ["a", "b", "c"]);
  expect((await of.world.load()).apply.phase).toMatchObject({ kind: "freezing", epoch: 2 });
  const deciding = applyDecision(host(of));
  await of.time.pass(200);
  slow.ordersDone(1);
  await of.time.pass(1000);
  const { apply } = await deciding;
  expect(apply.phase).toMatchObject({ kind: "idle", epoch: 3, outcome: { kind: "completed" } });
  expect(apply.activation.entries.map(({ strategy }) => strategy)).toEqual(["a", "b", "c"]);
});

test("an apply of the decision that was rolled back is not begun again by itself, but by the next who asks", async () => {
  const of = bench();
  await of.submit("a", ["a"]);
  let broken = true;
  await of.join({
    prepare: async ({ entries }) => {
      if (broken && entries.length > 0) throw new Error("broken");
      return entries.map(({ strategy, version, params }) => JSON.stringify([strategy, version, params]));
    },
  });
  await of.time.pass(100);
  await of.submit("a", ["a"], "2");
  const first = applyDecision(host(of));
  await of.time.pass(3000);
  expect((await first).apply.phase).toMatchObject({ kind: "idle", epoch: 2, outcome: { kind: "rolled-back" } });
  broken = false;
  const again = applyDecision(host(of));
  await of.time.pass(3000);
  expect((await again).apply.phase).toMatchObject({ kind: "idle", epoch: 3, outcome: { kind: "completed" } });
});

test("gates that a rollback left shut open again through an apply that changes nothing else", async () => {
  const of = bench();
  await of.submit("a", ["a"]);
  const a = await of.join();
  const mute = await of.join({ prepare: () => new Promise(() => {}) });
  await of.time.pass(100);
  await of.submit("b", ["b"]);
  const first = driveApply(host(of));
  await of.time.pass(2 * freezeTimeout + 500);
  expect((await first).apply.phase).toMatchObject({ outcome: { kind: "rolled-back", gates: "frozen" } });
  mute.kill();
  await of.time.pass(2000);
  await of.submit("a", ["a"]);
  const again = applyDecision(host(of));
  await of.time.pass(3000);
  expect((await again).apply.phase).toMatchObject({ kind: "idle", epoch: 3, outcome: { kind: "completed" } });
  expect(a.view().gate.kind).toBe("open");
});

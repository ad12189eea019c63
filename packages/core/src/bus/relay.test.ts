import { afterEach, expect, test } from "vitest";
import type { StateStorage } from "../plugin/contract/storage.ts";
import { JOURNAL } from "../world/record.ts";
import { START, sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { type MemoryDisk, memoryState } from "../world/shell/memory-storage.test.kit.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { virtualTime } from "../world/shell/virtual-time.test.kit.ts";
import { submissionRecords } from "../world/submission.ts";
import type { ControlEvent, ControlSnapshot } from "./event.ts";
import { type Relay, type RelayOptions, startRelay } from "./relay.ts";

const { signal } = new AbortController();
const relays: Relay[] = [];

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop();
});

function bench(disk: MemoryDisk = new Map()) {
  const storage = memoryState(disk);
  const time = virtualTime(START);
  const worldOf = (id: string) => openWorld({ storage, config: { ...sampleWorld(), id }, clock: time.clock, signal });
  return {
    disk,
    time,
    /** One submission: three records, and the configuration before the first. */
    submit: async (world: string, strategy: string) => {
      await worldOf(world).commit((state) =>
        submissionRecords(state, sampleSubmission(sampleWorld(), { strategy }), START),
      );
    },
    relay: (given: Partial<RelayOptions> = {}, through: StateStorage = storage) => {
      const events: ControlEvent[] = [];
      const snapshots: ControlSnapshot[] = [];
      const problems: Parameters<RelayOptions["onProblem"]>[0][] = [];
      const relay = startRelay({
        storage: through,
        onEvent: (event) => void events.push(event),
        onSnapshot: (snapshot) => void snapshots.push(snapshot),
        onProblem: (problem) => void problems.push(problem),
        signal,
        wait: time.wait,
        ...given,
      });
      relays.push(relay);
      const revisions = (world: string) => events.filter((one) => one.world === world).map(({ revision }) => revision);
      return { relay, events, snapshots, problems, revisions };
    },
  };
}

test("a new consumer is given each world whole, and then every event in order, new worlds included", async () => {
  const { time, submit, relay } = bench();
  await submit("one", "a");
  const its = relay();
  await time.pass(30);
  expect(its.snapshots.map(({ world, revision }) => [world, revision])).toEqual([["one", 4]]);
  await submit("one", "b");
  await submit("two", "a");
  await time.pass(30);
  expect(its.revisions("one")).toEqual([5, 6, 7]);
  expect(its.snapshots.map(({ world, revision }) => [world, revision])).toEqual([
    ["one", 4],
    ["two", 4],
  ]);
  await submit("two", "b");
  await time.pass(30);
  expect(its.revisions("two")).toEqual([5, 6, 7]);
  expect(its.relay.positions()).toEqual({ one: 7, two: 7 });
  expect(its.problems).toEqual([]);
});

test("a consumer goes on where it was; far behind, it is given a snapshot instead of what it missed", async () => {
  const { time, submit, relay } = bench();
  for (const name of ["a", "b", "c"]) await submit("w", name);
  const near = relay({ from: () => 6 });
  const far = relay({ from: () => 1, backlog: 5 });
  await time.pass(30);
  expect([near.revisions("w"), near.snapshots]).toEqual([[7, 8, 9, 10], []]);
  expect([far.revisions("w"), far.snapshots.map(({ revision }) => revision)]).toEqual([[], [10]]);
  await submit("w", "d");
  await time.pass(30);
  expect(far.revisions("w")).toEqual([11, 12, 13]);
});

test("an event whose handler fails is delivered again, and nothing overtakes it; other worlds go on", async () => {
  const { time, submit, relay } = bench();
  let failures = 3;
  const seen: string[] = [];
  const its = relay({
    from: () => 0,
    onEvent: ({ world, revision }) => {
      seen.push(`${world}${revision}`);
      if (world === "bad" && revision === 2 && failures-- > 0) throw new Error("not now");
    },
  });
  await submit("bad", "a");
  await submit("good", "a");
  await time.pass(1000);
  expect(seen.filter((one) => one.startsWith("bad"))).toEqual(["bad1", "bad2", "bad2", "bad2", "bad2", "bad3", "bad4"]);
  expect(seen.filter((one) => one.startsWith("good"))).toEqual(["good1", "good2", "good3", "good4"]);
  expect(its.problems).toHaveLength(3);
  expect(its.problems[0]).toMatchObject({ world: "bad", halted: false });
});

test.each<[string, (bodies: string[]) => void, string]>([
  [
    "a newer record",
    (bodies) => bodies.push(JSON.stringify({ kind: "teleported", format: 3, at: 0 })),
    "world.newer-record",
  ],
  [
    "an altered one",
    (bodies) => bodies.splice(5, 1, JSON.stringify({ ...JSON.parse(bodies[5] ?? ""), at: 1 })),
    "world.broken-chain",
  ],
  [
    "one that is not linked to what was handled",
    (bodies) => bodies.splice(4, 1, JSON.stringify({ ...JSON.parse(bodies[4] ?? ""), chain: "0".repeat(64) })),
    "world.broken-chain",
  ],
  ["a journal that was replaced by a shorter one", (bodies) => bodies.splice(2), "bus.journal-went-back"],
])("%s is named and halts its world, never dropped", async (_, damage, code) => {
  const { disk, time, submit, relay } = bench();
  await submit("w", "a");
  await submit("other", "a");
  const its = relay();
  await time.pass(30);
  await submit("w", "b");
  const bodies = disk.get("w")?.get(JOURNAL) ?? [];
  damage(bodies);
  await time.pass(300);
  expect(its.problems).toEqual([{ world: "w", halted: true, error: expect.objectContaining({ code }) }]);
  await submit("other", "b");
  await time.pass(30);
  expect(its.revisions("other")).toEqual([5, 6, 7]);
});

test("a storage that fails for a while loses no event", async () => {
  const { disk, time, submit, relay } = bench();
  const storage = memoryState(disk);
  let failing = false;
  const its = relay(
    { from: () => 0, worlds: ["w"] },
    {
      ...storage,
      read: async (...given) => {
        if (failing) throw new Error("away");
        return storage.read(...given);
      },
    },
  );
  await submit("w", "a");
  await time.pass(30);
  failing = true;
  await submit("w", "b");
  await time.pass(100);
  expect(its.problems.length).toBeGreaterThan(1);
  failing = false;
  await time.pass(30);
  expect(its.revisions("w")).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("nothing is delivered after it was stopped", async () => {
  const { time, submit, relay } = bench();
  const its = relay({ from: () => 0, worlds: ["w"] });
  await submit("w", "a");
  await time.pass(30);
  await its.relay.stop();
  await submit("w", "b");
  await time.pass(100);
  expect(its.revisions("w")).toEqual([1, 2, 3, 4]);
});

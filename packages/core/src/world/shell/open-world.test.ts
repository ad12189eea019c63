import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StateStorage } from "../../plugin/contract/storage.ts";
import type { WorldConfig } from "../config.ts";
import { decide } from "../decide.ts";
import { JOURNAL, type WorldRecord } from "../record.ts";
import { DAY, START, sampleDecision, sampleSubmission, sampleWorld } from "../sample.test.kit.ts";
import { emptyState, fold } from "../state.ts";
import { after, submissionRecords } from "../submission.ts";
import { type MemoryDisk, memoryState } from "./memory-storage.test.kit.ts";
import { type OpenWorld, openWorld } from "./open-world.ts";

const { signal } = new AbortController();
const config = sampleWorld();

function open(storage: StateStorage, world: WorldConfig = config): OpenWorld {
  return openWorld({ storage, config: world, clock: () => START + DAY, signal });
}

/** Submits a version and decides that the best `most` of the candidates, by name, are selected. */
function submit(world: OpenWorld, strategy: string, { code = "1", most = 3 } = {}): ReturnType<OpenWorld["commit"]> {
  return world.commit((state) => {
    const submitted = submissionRecords(state, sampleSubmission(config, { strategy, code }), START);
    const next = after(state, submitted);
    const selected = [...next.candidates.keys()].sort().slice(0, most);
    return [...submitted, ...decide(sampleDecision(next, config, { selected })).records];
  });
}

test("the first change records the configuration in front of it, a change of the file records both digests", async () => {
  const disk: MemoryDisk = new Map();
  const first = await submit(open(memoryState(disk)), "a");
  expect(first.entries.map(({ record }) => record.kind)).toEqual([
    "configured",
    "trial",
    "evaluation",
    "accepted",
    "decision",
    "freezing",
    "switched",
    "completed",
  ]);
  const changed = sampleWorld("apply: manual\n");
  const again = await open(memoryState(disk), changed).commit(() => undefined);
  expect(again.entries.map(({ record }) => record)).toEqual([
    expect.objectContaining({ kind: "configured", previous: first.state.configured?.digest, config: changed }),
  ]);
  expect((await open(memoryState(disk), changed).commit(() => undefined)).entries).toEqual([]);
});

test("what an apply does to edges is recorded with its end", async () => {
  const opening = sampleWorld("edges: { open_after_apply: true }\n");
  const world = open(memoryState(new Map()), opening);
  const first = await submit(world, "a", { most: 1 });
  const [, opened] = first.entries.slice(-2).map(({ record }) => record);
  expect(opened).toMatchObject({
    kind: "edge",
    from: "backtest",
    to: "dryrun",
    open: true,
    reason: "Apply 1 is complete",
  });
  const { state } = await submit(world, "0", { most: 1 });
  expect(state.edges.map(({ producer, open: on }) => [producer.kind === "version" && producer.strategy, on])).toEqual(
    expect.arrayContaining([
      ["a", false],
      ["0", true],
    ]),
  );
});

test("submitting the same again appends nothing", async () => {
  const disk: MemoryDisk = new Map();
  const first = await submit(open(memoryState(disk)), "a");
  const again = await submit(open(memoryState(disk)), "a");
  expect(again.entries).toEqual([]);
  expect(again.state).toEqual(first.state);
});

test("whoever loses the race builds again on what the winner left", async () => {
  const disk: MemoryDisk = new Map();
  const [one, two] = [open(memoryState(disk)), open(memoryState(disk))];
  let builds = 0;
  const { state } = await one.commit(async (head) => {
    builds += 1;
    if (builds === 1) await submit(two, "winner");
    return submissionRecords(head, sampleSubmission(config, { strategy: "loser" }), START);
  });
  expect(builds).toBe(2);
  expect([...state.candidates.keys()]).toEqual(["winner", "loser"]);
});

test("two changes through one handle at once don't append to what they did not see", async () => {
  const world = open(memoryState(new Map()));
  let builds = 0;
  const { state } = await world.commit(async (head) => {
    builds += 1;
    if (builds === 1) await submit(world, "first");
    return submissionRecords(head, sampleSubmission(config, { strategy: "second" }), START);
  });
  expect(builds).toBe(2);
  expect(await world.load()).toEqual(state);
  expect(fold(emptyState("sample"), await world.entries())).toEqual(state);
});

test("a cancelled change appends nothing", async () => {
  const disk: MemoryDisk = new Map();
  const world = openWorld({ storage: memoryState(disk), config, clock: () => START, signal: AbortSignal.abort() });
  await expect(submit(world, "a")).rejects.toMatchObject({ code: "world.cancelled" });
  expect(disk.size).toBe(0);
});

test("gives up after fifty lost races, and has recorded nothing", async () => {
  const disk: MemoryDisk = new Map();
  const [one, two] = [open(memoryState(disk)), open(memoryState(disk))];
  let builds = 0;
  const lost = one.commit(async (state) => {
    builds += 1;
    await submit(two, `w${builds}`);
    return submissionRecords(state, sampleSubmission(config, { strategy: "loser" }), START);
  });
  await expect(lost).rejects.toMatchObject({ code: "world.contended", place: { world: "sample" } });
  expect(builds).toBe(50);
  expect((await two.load()).candidates.has("loser")).toBe(false);
});

test("a build that throws, and a storage that fails, leave the journal as it was", async () => {
  const disk: MemoryDisk = new Map();
  const storage = memoryState(disk);
  const world = open(storage);
  const before = await submit(world, "a");
  await expect(world.commit(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const full = open({ ...storage, append: () => Promise.reject(new Error("full")) });
  await expect(submit(full, "b")).rejects.toThrow("full");
  expect(await world.load()).toEqual(before.state);
  expect(await full.load()).toEqual(before.state);
  expect((await submit(full, "a")).entries).toEqual([]);
});

test("an append whose answer was lost is found again, not repeated", async () => {
  const storage = memoryState(new Map());
  let lose = true;
  const world = open({
    ...storage,
    append: async (...given) => {
      const result = await storage.append(...given);
      if (lose) throw new Error("connection lost");
      return result;
    },
  });
  await expect(submit(world, "a")).rejects.toThrow("connection lost");
  lose = false;
  expect((await submit(world, "a")).entries).toEqual([]);
  expect((await world.load()).trials.size).toBe(1);
});

test("nothing that can't be read again is written", async () => {
  const disk: MemoryDisk = new Map();
  const { trial, ...rest } = sampleSubmission(config, { strategy: "a" });
  const broken = { ...rest, trial: { ...trial, statistics: { ...trial.statistics, sharpe: Number.NaN } } };
  await expect(
    open(memoryState(disk)).commit((state) => submissionRecords(state, broken, START)),
  ).rejects.toMatchObject({ code: "world.invalid-record" });
  expect(disk.size).toBe(0);
});

test("a stream that somebody else has written to meanwhile is taken: nothing is appended, to the journal neither", async () => {
  const disk: MemoryDisk = new Map();
  const [mine, other] = [open(memoryState(disk)), open(memoryState(disk))];
  const record = submissionRecords(await mine.load(), sampleSubmission(config, { strategy: "a" }), START);
  const beside = (expectedRevision: number, who: string) => [
    { stream: "paper.a", expectedRevision, records: [{ who }] },
  ];
  await other.commitBeside(() => ({ records: [], beside: beside(0, "other") }));
  await expect(mine.commitBeside(() => ({ records: record, beside: beside(0, "mine") }))).rejects.toMatchObject({
    code: "world.stream-taken",
    place: { world: config.id },
    message: expect.stringContaining("paper.a"),
  });
  expect(disk.get(config.id)?.get("paper.a")).toEqual(['{"who":"other"}']);
  expect(await mine.head()).toBe(0);
});

test("a storage that lost records is noticed", async () => {
  const disk: MemoryDisk = new Map();
  const world = open(memoryState(disk));
  await submit(world, "a");
  disk.get("sample")?.get(JOURNAL)?.splice(3);
  await expect(submit(world, "b")).rejects.toMatchObject({ code: "world.journal-went-back" });
});

describe("a journal of another version", () => {
  test.each<[body: unknown, code: string, says: RegExp]>([
    [{ kind: "trial", format: 3, at: 0 }, "world.newer-record", /format 3.*reads format 2/],
    [{ kind: "trial", format: 1, at: 0 }, "world.older-record", /format 1.*reads format 2/],
    [{ kind: "teleport", format: 2, at: 0 }, "world.unknown-record", /teleport.*format 2/],
    [{ kind: "toString", format: 2, at: 0 }, "world.unknown-record", /toString/],
    [{ kind: "accepted", format: 2, at: 0 }, "world.corrupt-record", /strategy/],
    [{ kind: "left", format: 2, at: 0, epoch: 1, participant: "p", more: 1 }, "world.corrupt-record", /more/],
    ["text", "world.unknown-record", /undefined/],
    [null, "world.unknown-record", /undefined/],
  ])("%j is refused", async (body, code, says) => {
    const disk: MemoryDisk = new Map([["sample", new Map([[JOURNAL, [JSON.stringify(body)]]])]]);
    const loading = open(memoryState(disk)).load();
    await expect(loading).rejects.toMatchObject({ code, place: { world: "sample" } });
    await expect(loading).rejects.toThrow(says);
  });
});

test("ten deciders in any interleaving lose no record and leave one consistent world", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (scheduler, most) => {
      const disk: MemoryDisk = new Map();
      const pause = async (): Promise<void> => void (await scheduler.schedule(Promise.resolve()));
      const names = Array.from({ length: 10 }, (_, i) => `s${i}`);
      const all = Promise.all(
        names.map(async (name) => {
          const world = open(memoryState(disk, pause));
          const committed = [await submit(world, name, { most }), await submit(world, name, { code: "2", most })];
          return committed.flatMap(({ entries }) => entries);
        }),
      );
      const acknowledged = await scheduler.waitFor(all);
      const world = open(memoryState(disk));
      const journal = await world.entries();
      for (const { revision, record } of acknowledged.flat())
        expect(journal[revision - 1]).toEqual({ revision, record });
      expect(acknowledged.flat().length).toBe(journal.length);
      const state = fold(emptyState("sample"), journal);
      expect(await world.load()).toEqual(state);
      expect(state.trials.size).toBe(20);
      expect([...state.candidates.keys()].sort()).toEqual(names);
      expect(state.apply.phase.kind).toBe("idle");
      const active = state.apply.activation.entries.filter((entry) => entry.active).map(({ strategy }) => strategy);
      expect(active).toEqual(names.slice(0, most));
      expect(state.decision?.envelope.selected.map(({ strategy }) => strategy)).toEqual(names.slice(0, most));
      expect(
        journal.filter(({ record }: { readonly record: WorldRecord }) => record.kind === "configured"),
      ).toHaveLength(1);
    }),
    { numRuns: 8 },
  );
});

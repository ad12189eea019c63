import { expect, test } from "vitest";
import { decide } from "../decide.ts";
import { JOURNAL } from "../record.ts";
import { DAY, START, sampleDecision, sampleSubmission, sampleWorld } from "../sample.test.kit.ts";
import { CHECKPOINT_EVERY, isLost, participantsOf, SESSIONS, type SessionRecord } from "../session.ts";
import { after, submissionRecords } from "../submission.ts";
import { type MemoryDisk, memoryState } from "./memory-storage.test.kit.ts";
import { openSessions } from "./open-sessions.ts";
import { openWorld } from "./open-world.ts";

const { signal } = new AbortController();
const config = sampleWorld();
const NOW = START + DAY;
const elapsed = () => 0;

function registered(session: string): SessionRecord {
  return {
    kind: "registered",
    format: 1,
    at: NOW,
    session,
    strategy: "s",
    version: "a".repeat(64),
    domain: "dryrun",
    gate: "open",
    host: { name: "box", pid: 1 },
    gateTtl: 15_000,
  };
}

test("whoever opens a long stream reads from its last checkpoint", async () => {
  const storage = memoryState(new Map());
  const writer = openSessions(storage, "w", signal, elapsed);
  await writer.commit(() => [registered("a")]);
  for (let i = 0; i < 2 * CHECKPOINT_EVERY; i++) {
    const report = { version: "a".repeat(64), domain: "dryrun", gate: "open" } as const;
    await writer.commit(() => [{ kind: "renewed", format: 1, at: NOW + i, session: "a", ...report }]);
  }
  const reads: number[] = [];
  const watched = {
    ...storage,
    read: (...given: Parameters<typeof storage.read>) => {
      reads.push(given[2]);
      return storage.read(...given);
    },
  };
  const reader = openSessions(watched, "w", signal, elapsed);
  expect((await reader.load()).all).toEqual((await writer.load()).all);
  expect(reads).toEqual([2 * CHECKPOINT_EVERY - 1]);
});

test("what is before the last checkpoints is forgotten, and whoever was far behind or comes anew has the same sessions", async () => {
  const disk: MemoryDisk = new Map();
  const storage = memoryState(disk);
  const writer = openSessions(storage, "w", signal, elapsed);
  const behind = openSessions(storage, "w", signal, elapsed);
  await writer.commit(() => [registered("a")]);
  await behind.load();
  const report = { version: "a".repeat(64), domain: "dryrun", gate: "open" } as const;
  for (let i = 0; i < 5 * CHECKPOINT_EVERY; i++)
    await writer.commit(() => [{ kind: "renewed", format: 1, at: NOW + i, session: "a", ...report }]);
  const texts = disk.get("w")?.get(SESSIONS) ?? [];
  const kept = texts.filter((text) => text !== "").length;
  expect(texts.length).toBeGreaterThan(5 * CHECKPOINT_EVERY);
  expect(kept).toBeLessThan(4 * CHECKPOINT_EVERY);
  expect(kept).toBeGreaterThan(2 * CHECKPOINT_EVERY);
  const { all } = await writer.load();
  expect((await behind.load()).all).toEqual(all);
  expect((await openSessions(storage, "w", signal, elapsed).load()).all).toEqual(all);
});

test("silence counts from when a process has last seen something of a session, and only up to when its look began", async () => {
  const storage = memoryState(new Map());
  let now = 1000;
  const writer = openSessions(storage, "w", signal, elapsed);
  await writer.commit(() => [registered("a"), registered("b")]);
  let looking = 0;
  const slow = {
    ...storage,
    head: (...given: Parameters<typeof storage.head>) => {
      now += looking;
      return storage.head(...given);
    },
  };
  const watcher = openSessions(slow, "w", signal, () => now);
  const lost = async () => {
    const sessions = await watcher.load();
    return sessions.all.filter((one) => isLost(sessions, one)).map(({ session }) => session);
  };
  // Both may be long dead: whoever has just come can't tell.
  expect(await lost()).toEqual([]);
  now += 20_000;
  const report = { version: "a".repeat(64), domain: "dryrun", gate: "open" } as const;
  // With the stamp that it had before: its clock was set back.
  await writer.commit(() => [{ kind: "renewed", format: 1, at: NOW, session: "b", ...report }]);
  expect(await lost()).toEqual([]);
  looking = 60_000;
  expect(await lost()).toEqual([]);
  looking = 0;
  now -= 60_000 - 1;
  expect(await lost()).toEqual(["a"]);
});

test("a session that registers while an apply is being begun is required by it", async () => {
  const storage = memoryState(new Map());
  const world = openWorld({ storage, config, clock: () => NOW, signal });
  let builds = 0;
  const { entries } = await world.commit(async (state, sessions) => {
    builds += 1;
    if (builds === 1) await openSessions(storage, "sample", signal, elapsed).commit(() => [registered("late")]);
    const submitted = submissionRecords(state, sampleSubmission(config, { strategy: "a" }), START);
    const next = after(state, submitted);
    const participants = participantsOf(sessions);
    return [...submitted, ...decide({ ...sampleDecision(next, config, { selected: ["a"] }), participants }).records];
  });
  expect(builds).toBe(2);
  expect(entries.at(-1)?.record).toMatchObject({ kind: "freezing", required: ["late"] });
});

test("a session that registers does not disturb what begins no apply", async () => {
  const storage = memoryState(new Map());
  const world = openWorld({ storage, config, clock: () => NOW, signal });
  let builds = 0;
  await world.commit(async (state) => {
    builds += 1;
    await openSessions(storage, "sample", signal, elapsed).commit(() => [registered(`s${builds}`)]);
    return submissionRecords(state, sampleSubmission(config, { strategy: "a" }), START);
  });
  expect(builds).toBe(1);
});

test("two that register at once are both there", async () => {
  const disk: MemoryDisk = new Map();
  const [one, two] = [memoryState(disk), memoryState(disk)].map((storage) =>
    openSessions(storage, "w", signal, elapsed),
  );
  await Promise.all([one?.commit(() => [registered("a")]), two?.commit(() => [registered("b")])]);
  expect((await one?.load())?.all.map(({ session }) => session)).toEqual(["a", "b"]);
});

test.each<[string, string, unknown, string]>([
  ["a newer session record", SESSIONS, { kind: "registered", format: 2, at: 0 }, "world.newer-record"],
  ["a damaged one", SESSIONS, { kind: "renewed", format: 1, at: 0 }, "world.corrupt-sessions"],
])("%s is refused by name", async (_, stream, body, code) => {
  const storage = memoryState(new Map([["w", new Map([[stream, [JSON.stringify(body)]]])]]));
  await expect(openSessions(storage, "w", signal, elapsed).load()).rejects.toMatchObject({
    code,
    place: { world: "w" },
  });
});

test("a record that was altered, and everything after one that was taken out, is noticed when the journal is read", async () => {
  const disk: MemoryDisk = new Map();
  const storage = memoryState(disk);
  const world = openWorld({ storage, config, clock: () => NOW, signal });
  await world.commit((state) => submissionRecords(state, sampleSubmission(config, { strategy: "a" }), START));
  await world.commit((state) => submissionRecords(state, sampleSubmission(config, { strategy: "b" }), START));
  const journal = disk.get("sample")?.get(JOURNAL) ?? [];
  const whole = [...journal];
  const fresh = () => openWorld({ storage, config, clock: () => NOW, signal });
  journal[2] = (journal[2] ?? "").replace(/"at":\d+/, '"at":7');
  await expect(fresh().load()).rejects.toMatchObject({
    code: "world.broken-chain",
    message: expect.stringMatching(/Record 4/),
  });
  journal.splice(0, journal.length, ...whole.slice(1));
  await expect(fresh().load()).rejects.toMatchObject({
    code: "world.broken-chain",
    message: expect.stringMatching(/Record 1/),
  });
  journal.splice(0, journal.length, ...whole);
  expect((await fresh().load()).trials.size).toBe(2);
});

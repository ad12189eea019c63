import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CHECKPOINT_EVERY,
  foldSessions,
  isOverdue,
  NO_SESSIONS,
  participantsOf,
  type SessionRecord,
  watchSessions,
  withCheckpoints,
} from "./session.ts";

const VERSION = "a".repeat(64);
const stamp = (at: number) => ({ format: 1, at }) as const;
const said = (domain: "backtest" | "dryrun" | "live" | "shadow" = "dryrun") =>
  ({ version: VERSION, domain, gate: "open" }) as const;

function registered(session: string, at = 0, domain: "backtest" | "dryrun" | "live" | "shadow" = "dryrun") {
  const facts = { session, strategy: "s", host: { name: "box", pid: 7 }, gateTtl: 900 };
  return { kind: "registered", ...stamp(at), ...facts, ...said(domain) } as const;
}

function renewed(session: string, at: number): SessionRecord {
  return { kind: "renewed", ...stamp(at), session, ...said() };
}

function entriesOf(records: readonly SessionRecord[], after = 0) {
  return records.map((record, i) => ({ revision: after + 1 + i, record }));
}

test("required is who is registered in dryrun or live and was seen of late", () => {
  const records = [
    registered("b", 0),
    registered("a", 100, "live"),
    registered("shadowed", 100, "shadow"),
    registered("replays", 100, "backtest"),
    renewed("b", 1000),
  ];
  const sessions = foldSessions("w", NO_SESSIONS, entriesOf(records));
  // Somebody who came at 100 found all of them, whatever their stamps say, and heard b at 1000.
  const came = watchSessions(new Map(), sessions, undefined, 100);
  const sights = watchSessions(came, sessions, new Set(["b"]), 1000);
  expect(sights.get("a")).toEqual({ since: 100, heard: false });
  expect(sights.get("b")).toEqual({ since: 1000, heard: true });
  const none = new Set<string>();
  const at = (looked: number) => participantsOf({ ...sessions, looked, sights, ended: none });
  expect(at(1000)).toEqual(["a", "b"]);
  // 900 ms is when a gate shuts by itself; others wait a third longer before they count it as shut.
  expect(at(1300)).toEqual(["a", "b"]);
  expect(at(1301)).toEqual(["b"]);
  expect(at(2201)).toEqual([]);
  // Who lost sight of the stream begins again, and who was never met is not lost.
  const again = watchSessions(sights, sessions, undefined, 5000);
  expect(again.get("b")).toEqual({ since: 5000, heard: true });
  expect(participantsOf({ ...sessions, looked: 9000, sights: new Map(), ended: none })).toEqual(["a", "b"]);
  expect([1200, 1201].map((age) => isOverdue({ seen: 1000, gateTtl: 900 }, 1000 + age))).toEqual([false, true]);
  const ended = foldSessions("w", sessions, [
    { revision: 6, record: { kind: "ended", ...stamp(1001), session: "b", because: "left" } },
  ]);
  expect(participantsOf({ ...ended, looked: 1100, sights, ended: none })).toEqual(["a"]);
  // Whose process is known to have ended is waited for no longer, however short a time ago it spoke.
  expect(participantsOf({ ...sessions, looked: 1000, sights, ended: new Set(["b"]) })).toEqual(["a"]);
});

test("a renewal says what the runner holds now", () => {
  const moved = { ...renewed("a", 50), version: "b".repeat(64), domain: "live", gate: "frozen", bar: 40 } as const;
  const { all } = foldSessions("w", NO_SESSIONS, entriesOf([registered("a", 10), moved]));
  expect(all).toEqual([
    {
      session: "a",
      strategy: "s",
      host: { name: "box", pid: 7 },
      gateTtl: 900,
      version: "b".repeat(64),
      domain: "live",
      gate: "frozen",
      bar: 40,
      registered: 10,
      seen: 50,
    },
  ]);
});

test.each<[string, readonly SessionRecord[]]>([
  ["an id that is used twice", [registered("a"), registered("a")]],
  ["a renewal of nobody", [renewed("a", 1)]],
  [
    "a renewal after the end",
    [registered("a"), { kind: "ended", ...stamp(1), session: "a", because: "lost" }, renewed("a", 2)],
  ],
  ["a checkpoint at another place", [{ kind: "checkpoint", ...stamp(0), sessions: [] }]],
])("%s is a damaged stream", (_, records) => {
  expect(() => foldSessions("w", NO_SESSIONS, entriesOf(records))).toThrowError(
    expect.objectContaining({ code: "world.corrupt-sessions" }),
  );
});

test("a missing record is noticed", () => {
  expect(() => foldSessions("w", NO_SESSIONS, [{ revision: 2, record: registered("a") }])).toThrowError(
    /record 2 follows record 0/,
  );
});

test("checkpoints stand where they are due, and whoever begins at one has the same sessions", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 6, maxLength: 12 }), (batches) => {
      let head = NO_SESSIONS;
      const stream: SessionRecord[] = [];
      let at = 0;
      for (const size of batches) {
        const wanted = Array.from({ length: size }, (_, i): SessionRecord => {
          at += 1;
          const name = `s${(at + i) % 5}`;
          return { ...renewed(name, at) };
        });
        // Whoever is not registered registers first.
        const names = new Set(head.all.map(({ session }) => session));
        const records = wanted.flatMap((record): readonly SessionRecord[] => {
          const session = (record as { readonly session: string }).session;
          if (names.has(session)) return [record];
          names.add(session);
          return [registered(session, record.at)];
        });
        const appended = withCheckpoints("w", head, records);
        head = foldSessions("w", head, entriesOf(appended, head.revision));
        stream.push(...appended);
      }
      expect(foldSessions("w", NO_SESSIONS, entriesOf(stream))).toEqual(head);
      const start = stream.length - (stream.length % CHECKPOINT_EVERY);
      const late = start === 0 ? entriesOf(stream) : entriesOf(stream.slice(start - 1), start - 1);
      expect(foldSessions("w", NO_SESSIONS, late)).toEqual(head);
    }),
    { numRuns: 30 },
  );
});

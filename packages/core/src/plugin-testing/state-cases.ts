import type { JsonValue, StateStorage, StreamAppend } from "../plugin/contract/storage.ts";
import { BAD_NAMES } from "./bad-names.ts";
import { claim, claimRefused, claimSame } from "./claim.ts";
import { uncancelled } from "./opened.ts";
import { need, type Place } from "./place.ts";
import { chance } from "./random.ts";
import type { TestRunner } from "./runner.ts";

const AWKWARD: readonly JsonValue[] = [
  null,
  true,
  "",
  'quote " backslash \\ newline \n nul \u0000 emoji \u{1F600}',
  [],
  {},
  { constructor: 1, toString: "x", "": { deep: [[[1]]] } },
  JSON.parse('{"__proto__": {"polluted": true}}') as JsonValue,
  [0, 1.5, -1, 1e-300, 1.7976931348623157e308, 9_007_199_254_740_991, 0.1],
];

/** ST: the `state` contract. */
export function stateCases({ test }: TestRunner, place: Place): void {
  const alone = (body: (state: StateStorage) => Promise<void>): Promise<void> =>
    place(async (open) => body(need((await open()).instance, "state")));
  const put = (state: StateStorage, world: string, appends: readonly StreamAppend[]) =>
    state.append(world, appends, uncancelled());
  const bodies = async (state: StateStorage, world: string, stream: string): Promise<readonly JsonValue[]> =>
    (await state.read(world, stream, 0, uncancelled())).map(({ body }) => body);
  const head = (state: StateStorage, world: string, stream: string) => state.head(world, stream, uncancelled());

  test("ST-01 begins empty: head 0, no records, no worlds", () =>
    alone(async (state) => {
      claimSame(await head(state, "w", "s"), 0, "the head of an empty stream");
      claimSame(await bodies(state, "w", "s"), [], "the records of an empty stream");
      claimSame(await state.worlds(uncancelled()), [], "the worlds of an empty journal");
    }));

  test("ST-02 gives records back as they were, with contiguous revisions", () =>
    alone(async (state) => {
      const first = await put(state, "w", [{ stream: "s", expectedRevision: 0, records: AWKWARD }]);
      claimSame(first, { kind: "appended", heads: { s: AWKWARD.length } }, "the answer");
      const more = await put(state, "w", [{ stream: "s", expectedRevision: AWKWARD.length, records: ["last"] }]);
      claimSame(more, { kind: "appended", heads: { s: AWKWARD.length + 1 } }, "the second answer");
      const records = await state.read("w", "s", 0, uncancelled());
      claimSame(
        records.map(({ revision }) => revision),
        [...AWKWARD, 0].map((_, i) => i + 1),
        "the revisions",
      );
      claimSame(
        records.map(({ body }) => JSON.stringify(body)),
        [...AWKWARD, "last"].map((one) => JSON.stringify(one)),
        "the records",
      );
      claimSame(await head(state, "w", "s"), AWKWARD.length + 1, "the head");
    }));

  test("ST-03 refuses an append at any other revision than the last, and writes nothing", () =>
    alone(async (state) => {
      await put(state, "w", [{ stream: "s", expectedRevision: 0, records: [1, 2] }]);
      for (const expectedRevision of [0, 1, 3, 99]) {
        const answer = await put(state, "w", [{ stream: "s", expectedRevision, records: ["lost"] }]);
        claimSame(answer, { kind: "conflict", stream: "s", actualRevision: 2 }, `an append at ${expectedRevision}`);
      }
      claimSame(await bodies(state, "w", "s"), [1, 2], "the records after refused appends");
    }));

  test("ST-04 appends to all streams or to none", () =>
    alone(async (state) => {
      await put(state, "w", [{ stream: "b", expectedRevision: 0, records: ["b1"] }]);
      const answer = await put(state, "w", [
        { stream: "a", expectedRevision: 0, records: ["a1"] },
        { stream: "b", expectedRevision: 0, records: ["lost"] },
      ]);
      claimSame(answer, { kind: "conflict", stream: "b", actualRevision: 1 }, "the answer");
      claimSame(await bodies(state, "w", "a"), [], "the first stream");
      const both = await put(state, "w", [
        { stream: "a", expectedRevision: 0, records: ["a1", "a2"] },
        { stream: "b", expectedRevision: 1, records: ["b2"] },
      ]);
      claimSame(both, { kind: "appended", heads: { a: 2, b: 2 } }, "the second answer");
    }));

  test("ST-05 keeps worlds and streams apart, however alike their names", () =>
    alone(async (state) => {
      const names = ["a", "a.b", "a-b", "a_b", "a.b.c", "0", "constructor", "x".repeat(128)];
      for (const world of names)
        for (const stream of names)
          await put(state, world, [{ stream, expectedRevision: 0, records: [`${world}|${stream}`] }]);
      for (const world of names)
        for (const stream of names)
          claimSame(await bodies(state, world, stream), [`${world}|${stream}`], `${world}/${stream}`);
      claimSame(await state.worlds(uncancelled()), [...names].sort(), "the worlds");
    }));

  test("ST-06 reads after a revision, and at most the limit", () =>
    alone(async (state) => {
      await put(state, "w", [{ stream: "s", expectedRevision: 0, records: [1, 2, 3, 4, 5] }]);
      const from = async (after: number, limit?: number) =>
        (await state.read("w", "s", after, { ...uncancelled(), ...(limit !== undefined && { limit }) })).map(
          ({ body }) => body,
        );
      claimSame(await from(2), [3, 4, 5], "a read after 2");
      claimSame(await from(2, 2), [3, 4], "a read after 2, at most 2");
      claimSame(await from(5), [], "a read after the last");
      claimSame(await from(99), [], "a read after the end");
      claimSame(await from(0, 0), [], "a read of at most 0");
    }));

  test("ST-07 loses no update of eight that append at once", () =>
    place(async (open) => {
      const [one, two] = [await open(), await open()];
      const each = 10;
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        const state = need((writer % 2 === 0 ? one : two).instance, "state");
        for (let n = 0; n < each; n++) {
          // Whoever is in conflict lost against another one's record, and there are only so many.
          for (let done = false, conflicts = 0; !done; conflicts++) {
            claim(conflicts <= 8 * each, "a writer is in conflict again and again although nobody else writes");
            const expectedRevision = await head(state, "w", "s");
            const answer = await put(state, "w", [{ stream: "s", expectedRevision, records: [`${writer}:${n}`] }]);
            done = answer.kind === "appended";
          }
        }
      });
      await Promise.all(writers);
      const written = await bodies(need(one.instance, "state"), "w", "s");
      const expected = writers.flatMap((_, writer) => Array.from({ length: each }, (_unused, n) => `${writer}:${n}`));
      claimSame([...written].sort(), [...expected].sort(), "the records of all writers");
    }));

  test("ST-08 refuses names outside of the grammar, and writes nothing", () =>
    alone(async (state) => {
      for (const name of BAD_NAMES) {
        const what = JSON.stringify(name);
        const records = ["lost"];
        const [asWorld, asStream] = [
          [{ stream: "s", expectedRevision: 0, records }],
          [{ stream: name, expectedRevision: 0, records }],
        ];
        await claimRefused(() => put(state, name, asWorld), `the world ${what}`, "storage.invalid-name");
        await claimRefused(() => put(state, "w", asStream), `the stream ${what}`, "storage.invalid-name");
        await claimRefused(() => head(state, name, "s"), `the world ${what}`, "storage.invalid-name");
        await claimRefused(() => head(state, "w", name), `the stream ${what}`, "storage.invalid-name");
        await claimRefused(() => bodies(state, "w", name), `the stream ${what}`, "storage.invalid-name");
      }
      claimSame(await state.worlds(uncancelled()), [], "the worlds afterwards");
    }));

  test("ST-09 refuses records that JSON can't say, and writes nothing", () =>
    alone(async (state) => {
      const bad: readonly unknown[] = [
        Number.NaN,
        Number.POSITIVE_INFINITY,
        undefined,
        { a: undefined },
        [Number.NaN],
        new Map(),
        () => 1,
        1n,
      ];
      for (const record of bad)
        await claimRefused(
          () => put(state, "w", [{ stream: "s", expectedRevision: 0, records: ["lost", record as JsonValue] }]),
          `the record ${String(record)}`,
        );
      claimSame(await head(state, "w", "s"), 0, "the head afterwards");
    }));

  test("ST-10 has everything after it was closed and opened again", () =>
    place(async (open) => {
      const first = await open();
      await put(need(first.instance, "state"), "w", [{ stream: "s", expectedRevision: 0, records: [1, 2, 3] }]);
      await first.close();
      const again = need((await open()).instance, "state");
      claimSame(await bodies(again, "w", "s"), [1, 2, 3], "the records");
      claimSame(
        (await put(again, "w", [{ stream: "s", expectedRevision: 3, records: [4] }])).kind,
        "appended",
        "the next append",
      );
    }));

  test("ST-11 writes nothing when it was cancelled before it began", () =>
    alone(async (state) => {
      const signal = AbortSignal.abort();
      await claimRefused(
        () => state.append("w", [{ stream: "s", expectedRevision: 0, records: ["lost"] }], { signal }),
        "a cancelled append",
      );
      await claimRefused(() => state.read("w", "s", 0, { signal }), "a cancelled read");
      claimSame(await head(state, "w", "s"), 0, "the head afterwards");
    }));

  test("ST-12 takes an append without records as a question about the revision", () =>
    alone(async (state) => {
      await put(state, "w", [{ stream: "s", expectedRevision: 0, records: [1] }]);
      claimSame(await put(state, "w", []), { kind: "appended", heads: {} }, "an append to no stream");
      const right = await put(state, "w", [{ stream: "s", expectedRevision: 1, records: [] }]);
      claimSame(right, { kind: "appended", heads: { s: 1 } }, "the right revision");
      const wrong = await put(state, "w", [{ stream: "s", expectedRevision: 0, records: [] }]);
      claimSame(wrong, { kind: "conflict", stream: "s", actualRevision: 1 }, "the wrong revision");
    }));

  test("ST-13 refuses one stream twice in one append, and revisions that are none", () =>
    alone(async (state) => {
      const twice = [
        { stream: "s", expectedRevision: 0, records: [1] },
        { stream: "s", expectedRevision: 1, records: [2] },
      ];
      await claimRefused(() => put(state, "w", twice), "one stream twice");
      for (const expectedRevision of [-1, 0.5, Number.NaN])
        await claimRefused(
          () => put(state, "w", [{ stream: "s", expectedRevision, records: [1] }]),
          `the revision ${expectedRevision}`,
        );
      claimSame(await head(state, "w", "s"), 0, "the head afterwards");
    }));

  test("ST-14 keeps a record of a million characters, and a thousand records at once", () =>
    alone(async (state) => {
      const large = "é".repeat(1_000_000);
      await put(state, "w", [{ stream: "large", expectedRevision: 0, records: [large] }]);
      claimSame(await bodies(state, "w", "large"), [large], "the large record");
      const many = Array.from({ length: 1000 }, (_, i) => i);
      await put(state, "w", [{ stream: "many", expectedRevision: 0, records: many }]);
      claimSame(await bodies(state, "w", "many"), many, "the records");
    }));

  test("ST-15 refuses calls after it was closed", () =>
    place(async (open) => {
      const { instance, close } = await open();
      const state = need(instance, "state");
      await close();
      await claimRefused(() => put(state, "w", [{ stream: "s", expectedRevision: 0, records: [1] }]), "an append");
      await claimRefused(() => head(state, "w", "s"), "a question for the head");
    }));

  test("ST-17 forgets the first records of a stream, keeps its head, and refuses to read what was forgotten", () =>
    alone(async (state) => {
      const forget = (upTo: number) => state.forget("w", "s", upTo, uncancelled());
      await put(state, "w", [
        { stream: "s", expectedRevision: 0, records: [1, 2, 3, 4] },
        { stream: "t", expectedRevision: 0, records: ["kept"] },
      ]);
      await forget(2);
      await forget(1);
      claimSame(await head(state, "w", "s"), 4, "the head");
      const read = async (after: number) => (await state.read("w", "s", after, uncancelled())).map(({ body }) => body);
      claimSame(await read(2), [3, 4], "a read of what is left");
      for (const after of [0, 1]) await claimRefused(() => read(after), `a read after ${after}`, "storage.forgotten");
      for (const upTo of [4, 5, -1, 0.5]) await claimRefused(() => forget(upTo), `forgetting up to ${upTo}`);
      claimSame(await bodies(state, "w", "t"), ["kept"], "another stream");
      const next = await put(state, "w", [{ stream: "s", expectedRevision: 4, records: [5] }]);
      claimSame(next, { kind: "appended", heads: { s: 5 } }, "the next append");
      claimSame(await read(3), [4, 5], "a read after it");
    }));

  test("ST-16 agrees with a plain model over random histories", () =>
    place(async (open) => {
      const clients = [need((await open()).instance, "state"), need((await open()).instance, "state")];
      const random = chance(16);
      const model = new Map<string, JsonValue[]>();
      const streamOf = (world: string, stream: string): JsonValue[] => {
        const known = model.get(`${world}/${stream}`) ?? [];
        model.set(`${world}/${stream}`, known);
        return known;
      };
      for (let i = 0; i < 200; i++) {
        const state = random.pick(clients);
        const world = random.pick(["v", "w"]);
        const appends = random
          .shuffle(["a", "b", "c"])
          .slice(0, random.integer(1, 3))
          .map((stream) => ({
            stream,
            expectedRevision: Math.max(
              0,
              streamOf(world, stream).length + (random.next() < 0.2 ? random.integer(-1, 1) : 0),
            ),
            records: Array.from({ length: random.integer(0, 3) }, () => random.integer(0, 9)),
          }));
        const stale = appends.find(
          ({ stream, expectedRevision }) => streamOf(world, stream).length !== expectedRevision,
        );
        const answer = await put(state, world, appends);
        claim((answer.kind === "conflict") === (stale !== undefined), `step ${i} answered ${answer.kind}`);
        if (stale === undefined) for (const { stream, records } of appends) streamOf(world, stream).push(...records);
        const [look, seen] = [random.pick(["a", "b", "c"]), random.pick(clients)];
        claimSame(await bodies(seen, world, look), streamOf(world, look), `${world}/${look} after step ${i}`);
      }
    }));
}

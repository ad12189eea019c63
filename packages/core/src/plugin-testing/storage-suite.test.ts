import { describe, expect, test } from "vitest";
import { definePlugin, emptyConfig, type Plugin } from "../plugin/contract/plugin.ts";
import type { JsonValue, ObjectStorage, StateStorage, Storage } from "../plugin/contract/storage.ts";
import { failingCases } from "./failing-cases.test.kit.ts";
import { type Held, memory } from "./memory-storage.test.kit.ts";
import { storageSuite } from "./storage-suite.ts";

type Sound = ReturnType<typeof memory>;
type Spoil = (sound: Sound, held: Held) => Storage;

async function failing(spoil: Spoil, contracts: readonly ("state" | "objects")[] = ["state", "objects"]) {
  const places = new Map<string, Held>();
  const at = (root: string): Held => {
    const held = places.get(root) ?? { streams: new Map(), floors: new Map(), objects: new Map(), refs: new Map() };
    places.set(root, held);
    return held;
  };
  const plugin = definePlugin({
    kind: "storage",
    name: "@acme/store",
    version: "1.0.0",
    api: 1,
    use: "acme",
    description: "For tests",
    config: emptyConfig,
    setup: async ({ root }) => spoil(memory(at(root)), at(root)),
  }) as unknown as Plugin<"storage", unknown>;
  let count = 0;
  return failingCases((runner) =>
    storageSuite(runner, {
      plugin,
      contracts,
      fresh: () => ({ root: `place-${count++}`, config: {} }),
      damage: ({ root }, digest) => {
        at(root).objects.get(digest)?.fill(0);
      },
    }),
  );
}

const state =
  (change: (sound: StateStorage, held: Held) => Partial<StateStorage>): Spoil =>
  (sound, held) => ({
    ...sound,
    state: { ...sound.state, ...change(sound.state, held) },
  });
const objects =
  (change: (sound: ObjectStorage, held: Held) => Partial<ObjectStorage>): Spoil =>
  (sound, held) => ({
    ...sound,
    objects: { ...sound.objects, ...change(sound.objects, held) },
  });
const turn = () => Promise.resolve();

describe("the suite for storage", () => {
  test("passes a sound adapter, also of one contract", async () => {
    expect(await failing((sound) => sound)).toEqual([]);
    expect(await failing(({ state: served, dispose }) => ({ state: served, dispose }), ["state"])).toEqual([]);
  });

  test("catches a contract that is not claimed, and one that is claimed and absent", async () => {
    expect(await failing((sound) => sound, ["state"])).toContain("SC-01");
    expect(await failing(({ state: served, dispose }) => ({ state: served, dispose }))).toContain("SC-01");
  });

  const defects: readonly (readonly [string, string, Spoil])[] = [
    ["invents a world", "ST-01", state(() => ({ worlds: async () => ["w"] }))],
    [
      "numbers records from 0",
      "ST-02",
      state((sound) => ({
        read: async (...call) => (await sound.read(...call)).map((one) => ({ ...one, revision: one.revision - 1 })),
      })),
    ],
    [
      "writes at any revision",
      "ST-03",
      state((sound) => ({
        append: async (world, appends, options) => {
          const known = await Promise.all(
            appends.map(async (one) => ({ ...one, expectedRevision: await sound.head(world, one.stream, options) })),
          );
          return sound.append(world, known, options);
        },
      })),
    ],
    [
      "appends stream by stream",
      "ST-04",
      state((sound) => ({
        append: async (world, appends, options) => {
          const heads: Record<string, number> = {};
          for (const one of appends) {
            const answer = await sound.append(world, [one], options);
            if (answer.kind === "conflict") return answer;
            Object.assign(heads, answer.heads);
          }
          return { kind: "appended", heads };
        },
      })),
    ],
    [
      "takes a dot for a dash",
      "ST-05",
      state((sound) => ({
        append: (world, appends, options) =>
          sound.append(
            world,
            appends.map((one) => ({ ...one, stream: one.stream.replaceAll(".", "-") })),
            options,
          ),
        read: (world, stream, ...rest) => sound.read(world, stream.replaceAll(".", "-"), ...rest),
      })),
    ],
    [
      "has no limit",
      "ST-06",
      state((sound) => ({ read: (world, stream, after, { signal }) => sound.read(world, stream, after, { signal }) })),
    ],
    [
      "compares first and writes later",
      "ST-07",
      state((sound, held) => ({
        append: async (world, appends, options) => {
          const before = new Map(held.streams);
          const answer = await sound.append(world, appends, options);
          const after = new Map(held.streams);
          for (const [key, records] of before) held.streams.set(key, records);
          for (const key of after.keys()) if (!before.has(key)) held.streams.delete(key);
          await turn();
          for (const [key, records] of after) held.streams.set(key, records);
          return answer;
        },
      })),
    ],
    [
      "mends names",
      "ST-08",
      state((sound) => ({
        head: (world, stream, options) => sound.head(world.toLowerCase(), stream.toLowerCase(), options),
      })),
    ],
    [
      "writes what JSON makes of a record",
      "ST-09",
      state((sound) => ({
        append: (world, appends, options) =>
          sound.append(
            world,
            appends.map((one) => ({
              ...one,
              records: one.records.map((record) => JSON.parse(JSON.stringify(record) ?? "null") as JsonValue),
            })),
            options,
          ),
      })),
    ],
    [
      "forgets when it is closed",
      "ST-10",
      (sound, held) => ({
        ...sound,
        dispose: async () => {
          held.streams.clear();
          await sound.dispose();
        },
      }),
    ],
    [
      "writes what was cancelled",
      "ST-11",
      state((sound) => ({
        append: (world, appends) => sound.append(world, appends, { signal: new AbortController().signal }),
      })),
    ],
    [
      "takes no records for no question",
      "ST-12",
      state((sound) => ({
        append: (world, appends, options) =>
          sound.append(
            world,
            appends.filter(({ records }) => records.length > 0),
            options,
          ),
      })),
    ],
    [
      "takes a stream twice",
      "ST-13",
      state((sound) => ({
        append: (world, appends, options) =>
          sound.append(
            world,
            [...new Map(appends.map((one) => [one.stream, { ...one, expectedRevision: 0 }])).values()],
            options,
          ),
      })),
    ],
    [
      "cuts long records",
      "ST-14",
      state((sound) => ({
        append: (world, appends, options) =>
          sound.append(
            world,
            appends.map((one) => ({
              ...one,
              records: one.records.map((record) => (typeof record === "string" ? record.slice(0, 65_536) : record)),
            })),
            options,
          ),
      })),
    ],
    ["goes on after it was closed", "ST-15", (sound) => ({ ...sound, dispose: async () => undefined })],
    [
      "loses the last record of three",
      "ST-16",
      state((sound, held) => ({
        append: async (world, appends, options) => {
          const answer = await sound.append(world, appends, options);
          if (appends.length === 3) held.streams.get(`${world}/${appends[2]?.stream}`)?.pop();
          return answer;
        },
      })),
    ],
    ["forgets nothing", "ST-17", state(() => ({ forget: async () => undefined }))],
    [
      "forgets the head with the records",
      "ST-17",
      state((sound, held) => ({
        forget: async (world, stream, upTo, options) => {
          await sound.forget(world, stream, upTo, options);
          held.streams.set(`${world}/${stream}`, held.streams.get(`${world}/${stream}`)?.slice(upTo) ?? []);
        },
      })),
    ],
    [
      "names bytes otherwise",
      "OB-01",
      objects((sound) => ({ put: async (...call) => (await sound.put(...call)).toUpperCase() })),
    ],
    ["gives nothing for something", "OB-02", objects(() => ({ has: async () => true }))],
    ["takes any digest", "OB-04", objects(() => ({ get: async () => undefined }))],
    [
      "hands out its own bytes",
      "OB-05",
      objects((sound, held) => ({
        get: async (digest, options) => ((await sound.has(digest, options)) ? held.objects.get(digest) : undefined),
      })),
    ],
    [
      "keeps the caller's bytes",
      "OB-05",
      objects((sound, held) => ({
        put: async (bytes, options) => {
          const digest = await sound.put(bytes, options);
          held.objects.set(digest, bytes);
          return digest;
        },
      })),
    ],
    [
      "does not look at what it returns",
      "OB-06",
      objects((sound, held) => ({
        get: async (digest, options) =>
          (await sound.has(digest, options)) ? held.objects.get(digest)?.slice() : undefined,
      })),
    ],
    [
      "creates for everybody",
      "OB-07",
      objects((sound, held) => ({
        putIfAbsent: async (name, value, options) => {
          const there = await sound.ref(name, options);
          await turn();
          if (there !== undefined) return "exists";
          held.refs.set(name, value);
          return "created";
        },
      })),
    ],
    [
      "sets without comparing",
      "OB-08",
      objects((sound, held) => ({
        compareAndSet: async (name, _expected, value, options) => {
          await sound.ref(name, options);
          held.refs.set(name, value);
          return "set";
        },
      })),
    ],
    [
      "lists by segment",
      "OB-09",
      objects((sound) => ({
        refs: async (prefix, options) =>
          (await sound.refs("", options)).filter(
            (name) => prefix === "" || name === prefix || name.startsWith(`${prefix}/`),
          ),
      })),
    ],
    [
      "lists in order of creation",
      "OB-09",
      objects((_sound, held) => ({
        refs: async (prefix) => [...held.refs.keys()].filter((name) => name.startsWith(prefix)),
      })),
    ],
    ["takes any name", "OB-10", objects((_sound, held) => ({ ref: async (name) => held.refs.get(name) }))],
    [
      "compares first and sets later",
      "OB-11",
      objects((sound, held) => ({
        compareAndSet: async (name, expected, value, options) => {
          const before = await sound.ref(name, options);
          await turn();
          if (before !== expected) return "conflict";
          held.refs.set(name, value);
          return "set";
        },
      })),
    ],
    [
      "answers reads from what it saw first",
      "OB-11",
      objects((sound) => {
        const seen = new Map<string, string>();
        return {
          ref: async (name, options) => {
            const value = seen.get(name) ?? (await sound.ref(name, options));
            if (value !== undefined) seen.set(name, value);
            return value;
          },
        };
      }),
    ],
    [
      "forgets references when it is closed",
      "OB-12",
      (sound, held) => ({
        ...sound,
        dispose: async () => {
          held.refs.clear();
          await sound.dispose();
        },
      }),
    ],
    [
      "puts what was cancelled",
      "OB-13",
      objects((sound) => ({ put: (bytes) => sound.put(bytes, { signal: new AbortController().signal }) })),
    ],
    ["goes on with objects after it was closed", "OB-14", (sound) => ({ ...sound, dispose: async () => undefined })],
  ];
  test.each(defects)("catches one that %s: %s", async (_defect, number, spoil) => {
    expect(await failing(spoil)).toContain(number);
  });
});

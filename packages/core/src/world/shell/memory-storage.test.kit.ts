import { emptyConfig, type Plugin } from "../../plugin/contract/plugin.ts";
import type { AppendResult, StateStorage, StoredRecord } from "../../plugin/contract/storage.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import { QmtlError } from "../../schema/error.ts";

/** World, then stream, to the text of each record, empty where it was forgotten: what a disk would hold. */
export type MemoryDisk = Map<string, Map<string, string[]>>;

const NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/**
 * A journal in memory: an adapter like any other, which passes their suite. Every call gives way before it acts, so that calls of
 * several writers interleave as `pause` lets them.
 */
export function memoryState(
  disk: MemoryDisk,
  pause: () => Promise<void> = () => Promise.resolve(),
  closed?: AbortSignal,
): StateStorage {
  const check = (signal: AbortSignal): void => {
    if (signal.aborted || closed?.aborted === true)
      refuse("storage.cancelled", "the call was cancelled, or the journal is closed");
  };
  const streamOf = (world: string, stream: string): readonly string[] => disk.get(world)?.get(stream) ?? [];
  return {
    append: async (world, appends, { signal }): Promise<AppendResult> => {
      for (const { stream, expectedRevision } of appends) {
        checkNames(world, stream);
        if (!Number.isInteger(expectedRevision) || expectedRevision < 0)
          refuse("storage.invalid-append", `${expectedRevision} is no revision`);
      }
      if (new Set(appends.map(({ stream }) => stream)).size < appends.length)
        refuse("storage.invalid-append", "one stream stands twice");
      const texts = appends.map(({ records }) => records.map((record) => writable(record)));
      await pause();
      check(signal);
      for (const { stream, expectedRevision } of appends) {
        const actualRevision = streamOf(world, stream).length;
        if (actualRevision !== expectedRevision) return { kind: "conflict", stream, actualRevision };
      }
      const streams = disk.get(world) ?? new Map<string, string[]>();
      disk.set(world, streams);
      appends.forEach(({ stream }, i) => {
        streams.set(stream, [...(streams.get(stream) ?? []), ...(texts[i] ?? [])]);
      });
      return {
        kind: "appended",
        heads: Object.fromEntries(appends.map(({ stream }) => [stream, streamOf(world, stream).length])),
      };
    },
    read: async (world, stream, after, { signal, limit }) => {
      checkNames(world, stream);
      await pause();
      check(signal);
      const texts = streamOf(world, stream).slice(after, limit === undefined ? undefined : after + limit);
      if (texts[0] === "") refuse("storage.forgotten", "what is read was forgotten");
      return texts.map((text, i): StoredRecord => ({ revision: after + 1 + i, body: JSON.parse(text) }));
    },
    head: async (world, stream, { signal }) => {
      checkNames(world, stream);
      await pause();
      check(signal);
      return streamOf(world, stream).length;
    },
    forget: async (world, stream, upTo, { signal }) => {
      checkNames(world, stream);
      await pause();
      check(signal);
      const texts = streamOf(world, stream);
      if (!Number.isInteger(upTo) || upTo < 0 || upTo >= texts.length)
        refuse("storage.invalid-call", `${upTo} is not below the head`);
      disk.get(world)?.set(
        stream,
        texts.map((text, i) => (i < upTo ? "" : text)),
      );
    },
    worlds: async ({ signal }) => {
      await pause();
      check(signal);
      return [...disk.keys()].sort();
    },
  };
}

const disks = new Map<string, MemoryDisk>();

/** The same as a plugin; what is written under a root stays until the process ends. */
export const memoryStorage: Plugin<"storage", unknown> = {
  kind: "storage",
  name: "memory-storage",
  version: "1.0.0",
  api: 1,
  use: "memory",
  description: "Journal in memory",
  config: emptyConfig,
  setup: ({ root }) => {
    const disk = disks.get(root) ?? new Map();
    disks.set(root, disk);
    const closing = new AbortController();
    return { state: memoryState(disk, undefined, closing.signal), dispose: async () => closing.abort() };
  },
};

function writable(record: unknown): string {
  canonicalJson(record);
  return JSON.stringify(record);
}

function checkNames(...names: readonly string[]): void {
  for (const name of names) if (!NAME.test(name)) refuse("storage.invalid-name", `${JSON.stringify(name)} is no name`);
}

function refuse(code: string, message: string): never {
  throw new QmtlError({ code, message });
}

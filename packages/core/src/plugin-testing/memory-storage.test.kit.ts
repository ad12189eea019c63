import type { JsonValue, ObjectStorage, StateStorage } from "../plugin/contract/storage.ts";
import { canonicalJson, digestBytes } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";

/** What a place holds, shared by all instances that are opened on it. */
export interface Held {
  readonly streams: Map<string, JsonValue[]>;
  /** By stream: the last revision that was forgotten. */
  readonly floors: Map<string, number>;
  readonly objects: Map<string, Uint8Array>;
  readonly refs: Map<string, string>;
}

const refuse = (code: string): never => {
  throw new QmtlError({ code, message: `refused: ${code}` });
};
const checkName = (name: string): void => {
  if (!/^[a-z0-9][a-z0-9._-]{0,127}$/.test(name)) refuse("storage.invalid-name");
};
const checkReference = (name: string): void => name.split("/").forEach(checkName);

/** A sound adapter in memory. */
export function memory(held: Held): {
  readonly state: StateStorage;
  readonly objects: ObjectStorage;
  readonly dispose: () => Promise<void>;
} {
  let closed = false;
  const begin = (signal: AbortSignal): void => {
    if (closed) refuse("storage.closed");
    if (signal.aborted) refuse("storage.cancelled");
  };
  const streamOf = (world: string, stream: string): JsonValue[] => held.streams.get(`${world}/${stream}`) ?? [];
  const state: StateStorage = {
    append: async (world, appends, { signal }) => {
      begin(signal);
      checkName(world);
      for (const { stream, expectedRevision, records } of appends) {
        checkName(stream);
        canonicalJson(records);
        if (!Number.isSafeInteger(expectedRevision) || expectedRevision < 0) refuse("storage.invalid-call");
      }
      if (new Set(appends.map(({ stream }) => stream)).size < appends.length) refuse("storage.invalid-call");
      for (const { stream, expectedRevision } of appends) {
        const actualRevision = streamOf(world, stream).length;
        if (actualRevision !== expectedRevision) return { kind: "conflict", stream, actualRevision };
      }
      const heads: Record<string, number> = {};
      for (const { stream, records } of appends) {
        const all = [...streamOf(world, stream), ...structuredClone(records)];
        if (all.length > 0) held.streams.set(`${world}/${stream}`, all);
        heads[stream] = all.length;
      }
      return { kind: "appended", heads };
    },
    read: async (world, stream, after, { signal, limit }) => {
      begin(signal);
      checkName(world);
      checkName(stream);
      if (after < (held.floors.get(`${world}/${stream}`) ?? 0)) refuse("storage.forgotten");
      const records = streamOf(world, stream).map((body, i) => ({ revision: i + 1, body }));
      return records.slice(after, limit === undefined ? undefined : after + limit);
    },
    head: async (world, stream, { signal }) => {
      begin(signal);
      checkName(world);
      checkName(stream);
      return streamOf(world, stream).length;
    },
    forget: async (world, stream, upTo, { signal }) => {
      begin(signal);
      checkName(world);
      checkName(stream);
      const known = held.floors.get(`${world}/${stream}`) ?? 0;
      if (!Number.isSafeInteger(upTo) || upTo < 0 || upTo >= streamOf(world, stream).length)
        refuse("storage.invalid-call");
      held.floors.set(`${world}/${stream}`, Math.max(known, upTo));
    },
    worlds: async ({ signal }) => {
      begin(signal);
      return [...new Set([...held.streams.keys()].map((key) => key.split("/")[0] ?? ""))].sort();
    },
  };
  const checkDigest = (digest: string): void => {
    if (!/^[0-9a-f]{64}$/.test(digest)) refuse("storage.invalid-name");
  };
  const objects: ObjectStorage = {
    put: async (bytes, { signal }) => {
      begin(signal);
      held.objects.set(digestBytes(bytes), bytes.slice());
      return digestBytes(bytes);
    },
    get: async (digest, { signal }) => {
      begin(signal);
      checkDigest(digest);
      const bytes = held.objects.get(digest);
      if (bytes !== undefined && digestBytes(bytes) !== digest) refuse("storage.corrupt-object");
      return bytes?.slice();
    },
    has: async (digest, { signal }) => {
      begin(signal);
      checkDigest(digest);
      return held.objects.has(digest);
    },
    ref: async (name, { signal }) => {
      begin(signal);
      checkReference(name);
      return held.refs.get(name);
    },
    putIfAbsent: async (name, value, { signal }) => {
      begin(signal);
      checkReference(name);
      if (held.refs.has(name)) return "exists";
      held.refs.set(name, value);
      return "created";
    },
    compareAndSet: async (name, expected, value, { signal }) => {
      begin(signal);
      checkReference(name);
      if (held.refs.get(name) !== expected) return "conflict";
      held.refs.set(name, value);
      return "set";
    },
    refs: async (prefix, { signal }) => {
      begin(signal);
      return [...held.refs.keys()].filter((name) => name.startsWith(prefix)).sort();
    },
  };
  return {
    state,
    objects,
    dispose: async () => {
      closed = true;
    },
  };
}

import type { ObjectStorage } from "../../plugin/contract/storage.ts";
import { digestBytes } from "../../schema/canonical.ts";
import { QmtlError } from "../../schema/error.ts";

/** Object storage in memory, with its objects and references open to be damaged and counted. */
export interface MemoryObjects extends ObjectStorage {
  readonly objects: Map<string, Uint8Array>;
  readonly refsByName: Map<string, string>;
}

export function memoryObjects(): MemoryObjects {
  const objects = new Map<string, Uint8Array>();
  const refsByName = new Map<string, string>();
  return {
    objects,
    refsByName,
    async put(bytes) {
      const digest = digestBytes(bytes);
      objects.set(digest, bytes.slice());
      return digest;
    },
    async get(digest) {
      const bytes = objects.get(digest);
      if (bytes !== undefined && digestBytes(bytes) !== digest)
        throw new QmtlError({ code: "storage.corrupt-object", message: `Object ${digest} is damaged` });
      return bytes?.slice();
    },
    has: async (digest) => objects.has(digest),
    ref: async (name) => refsByName.get(name),
    async putIfAbsent(name, value) {
      if (refsByName.has(name)) return "exists";
      refsByName.set(name, value);
      return "created";
    },
    async compareAndSet(name, expected, value) {
      if (refsByName.get(name) !== expected) return "conflict";
      refsByName.set(name, value);
      return "set";
    },
    refs: async (prefix) => [...refsByName.keys()].filter((name) => name.startsWith(prefix)).sort(),
  };
}

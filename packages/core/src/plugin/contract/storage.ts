import type { CallOptions } from "./plugin.ts";

/** One journal record as stored: plain JSON. */
export interface StoredRecord {
  /** 1 for the first record of a stream; contiguous. */
  readonly revision: number;
  readonly body: JsonValue;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface StreamAppend {
  readonly stream: string;
  /** The revision of the stream's last record as the writer knows it; 0 for an empty stream. */
  readonly expectedRevision: number;
  readonly records: readonly JsonValue[];
}

export type AppendResult =
  | { readonly kind: "appended"; readonly heads: Readonly<Record<string, number>> }
  /** Nothing was written. */
  | { readonly kind: "conflict"; readonly stream: string; readonly actualRevision: number };

/**
 * Streams of records per world. An append is atomic over all streams of one world and durable when its promise resolves.
 * World and stream names are `[a-z0-9][a-z0-9._-]{0,127}`; anything else is refused with `storage.invalid-name`.
 */
export interface StateStorage {
  append(world: string, appends: readonly StreamAppend[], options: CallOptions): Promise<AppendResult>;
  /** Records with revision > `after`, ascending; at most `limit` (default: all). @throws `storage.forgotten` when the first of them was forgotten */
  read(
    world: string,
    stream: string,
    after: number,
    options: CallOptions & { readonly limit?: number },
  ): Promise<readonly StoredRecord[]>;
  /** 0 when the stream is empty. */
  head(world: string, stream: string, options: CallOptions): Promise<number>;
  /**
   * Forgets the records of a stream up to a revision, inclusive, for good; head and revisions stay as they are. The last record of a stream is
   * never forgotten, and forgetting again what was forgotten is no harm.
   *
   * @throws `storage.invalid-call` for a revision that is not below the head
   */
  forget(world: string, stream: string, upTo: number, options: CallOptions): Promise<void>;
  /** Worlds that have any record, sorted. */
  worlds(options: CallOptions): Promise<readonly string[]>;
}

/** Immutable bytes by digest, and small named references. There is no unconditional put of a reference. */
export interface ObjectStorage {
  /** SHA-256 of the bytes in hexadecimal. Durable when resolved; idempotent. */
  put(bytes: Uint8Array, options: CallOptions): Promise<string>;
  /** Verified against the digest: damaged bytes are an error (`storage.corrupt-object`), never returned. */
  get(digest: string, options: CallOptions): Promise<Uint8Array | undefined>;
  has(digest: string, options: CallOptions): Promise<boolean>;
  /** The value of a reference. */
  ref(name: string, options: CallOptions): Promise<string | undefined>;
  putIfAbsent(name: string, value: string, options: CallOptions): Promise<"created" | "exists">;
  compareAndSet(name: string, expected: string, value: string, options: CallOptions): Promise<"set" | "conflict">;
  /** Names of references with this prefix, sorted. Segments as in `StateStorage`, joined by `/`. */
  refs(prefix: string, options: CallOptions): Promise<readonly string[]>;
}

/** A storage adapter serves one contract or both. */
export interface Storage {
  readonly state?: StateStorage;
  readonly objects?: ObjectStorage;
  dispose?(): Promise<void>;
}

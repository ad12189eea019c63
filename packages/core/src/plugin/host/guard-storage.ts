import { digestBytes } from "../../schema/canonical.ts";
import type { CallOptions } from "../contract/plugin.ts";
import type {
  AppendResult,
  ObjectStorage,
  StateStorage,
  Storage,
  StoredRecord,
  StreamAppend,
} from "../contract/storage.ts";
import { callPlugin, type Fault, type Validate } from "./call.ts";
import { type GuardScope, isRecord, show, siteOf } from "./guard.ts";

const UNCERTAIN = "Nobody knows whether it was written: read the present state before you try again.";

/** A storage adapter whose every answer keeps the contracts. Its `dispose` belongs to the host. */
export function guardStorage(storage: Storage, scope: GuardScope): Storage {
  const { state, objects } = storage;
  return {
    ...(state !== undefined && { state: guardState(state, scope) }),
    ...(objects !== undefined && { objects: guardObjects(objects, scope) }),
  };
}

type Ask = <T>(
  method: string,
  given: CallOptions,
  call: (options: CallOptions) => unknown,
  validate: Validate<T>,
  world?: string,
) => Promise<T>;

function asker(scope: GuardScope, writes: ReadonlySet<string>): Ask {
  return (method, { signal }, call, validate, world) =>
    callPlugin(siteOf(scope, method, world === undefined ? {} : { world }), call, {
      deadline: scope.deadlines.call,
      signal,
      validate,
      ...(writes.has(method) && { unanswered: UNCERTAIN }),
    });
}

function guardState(state: StateStorage, scope: GuardScope): StateStorage {
  const ask = asker(scope, new Set(["append", "forget"]));
  return {
    append: (world, appends, options) =>
      ask("append", options, (own) => state.append(world, appends, own), checkAppend(appends), world),
    read: (world, stream, after, { signal, limit }) =>
      ask(
        "read",
        { signal },
        (own) => state.read(world, stream, after, { ...own, ...(limit !== undefined && { limit }) }),
        checkRecords(after, limit),
        world,
      ),
    head: (world, stream, options) =>
      ask("head", options, (own) => state.head(world, stream, own), checkRevision, world),
    forget: (world, stream, upTo, options) =>
      ask("forget", options, (own) => state.forget(world, stream, upTo, own), checkNothing, world),
    worlds: (options) => ask("worlds", options, (own) => state.worlds(own), checkSortedNames),
  };
}

function guardObjects(objects: ObjectStorage, scope: GuardScope): ObjectStorage {
  const ask = asker(scope, new Set(["put", "putIfAbsent", "compareAndSet"]));
  return {
    put: (bytes, options) => {
      const expected = digestBytes(bytes);
      return ask(
        "put",
        options,
        (own) => objects.put(bytes, own),
        (answer, fault) => (answer === expected ? expected : fault(`is not the digest ${expected} of the bytes`)),
      );
    },
    get: (digest, options) =>
      ask(
        "get",
        options,
        (own) => objects.get(digest, own),
        (answer, fault) => {
          if (answer === undefined) return undefined;
          if (!(answer instanceof Uint8Array)) return fault("is not bytes");
          if (digestBytes(answer) !== digest) return fault(`holds other bytes than those of ${digest}`);
          return answer;
        },
      ),
    has: (digest, options) =>
      ask(
        "has",
        options,
        (own) => objects.has(digest, own),
        (answer, fault) => (typeof answer === "boolean" ? answer : fault("is neither true nor false")),
      ),
    ref: (name, options) =>
      ask(
        "ref",
        options,
        (own) => objects.ref(name, own),
        (answer, fault) => (answer === undefined || typeof answer === "string" ? answer : fault("is not a text")),
      ),
    putIfAbsent: (name, value, options) =>
      ask("putIfAbsent", options, (own) => objects.putIfAbsent(name, value, own), oneOf("created", "exists")),
    compareAndSet: (name, expected, value, options) =>
      ask(
        "compareAndSet",
        options,
        (own) => objects.compareAndSet(name, expected, value, own),
        oneOf("set", "conflict"),
      ),
    refs: (prefix, options) =>
      ask(
        "refs",
        options,
        (own) => objects.refs(prefix, own),
        (answer, fault) => {
          const names = checkSortedNames(answer, fault);
          const stray = names.find((name) => !name.startsWith(prefix));
          return stray === undefined ? names : fault(`names ${show(stray)}, which does not begin with ${show(prefix)}`);
        },
      ),
  };
}

function oneOf<const T extends string>(...words: readonly T[]): Validate<T> {
  return (answer, fault) =>
    words.includes(answer as T) ? (answer as T) : fault(`is ${show(answer)}, not ${words.join(" or ")}`);
}

/** Appended: every stream ends where its records put it. Conflict: it names one of the streams. */
function checkAppend(appends: readonly StreamAppend[]): Validate<AppendResult> {
  return (answer, fault) => {
    if (isRecord(answer) && answer["kind"] === "conflict") {
      const one = appends.find((append) => append.stream === answer["stream"]);
      if (one === undefined)
        return fault(`names a conflict in ${show(answer["stream"])}, to which nothing was appended`);
      if (checkRevision(answer["actualRevision"], fault) === one.expectedRevision)
        return fault(`names a conflict at revision ${one.expectedRevision}, the one that was expected`);
      return answer as unknown as AppendResult;
    }
    if (!isRecord(answer) || answer["kind"] !== "appended" || !isRecord(answer["heads"]))
      return fault('is neither "appended" nor "conflict"');
    for (const { stream, expectedRevision, records } of appends)
      if (answer["heads"][stream] !== expectedRevision + records.length)
        return fault(
          `puts the head of ${stream} at ${show(answer["heads"][stream])}, not at ${expectedRevision + records.length}`,
        );
    return answer as unknown as AppendResult;
  };
}

/** Contiguous from `after` + 1, at most `limit`. */
function checkRecords(after: number, limit: number | undefined): Validate<readonly StoredRecord[]> {
  return (answer, fault) => {
    if (!Array.isArray(answer)) return fault("is not a list of records");
    if (limit !== undefined && answer.length > limit)
      fault(`holds ${answer.length} records where ${limit} were asked for`);
    answer.forEach((record: unknown, i) => {
      if (!isRecord(record) || record["body"] === undefined) fault("holds an entry that is not { revision, body }");
      const { revision } = record as unknown as StoredRecord;
      if (revision !== after + 1 + i) fault(`holds revision ${show(revision)} where ${after + 1 + i} follows`);
    });
    return answer as readonly StoredRecord[];
  };
}

function checkNothing(answer: unknown, fault: Fault): void {
  if (answer !== undefined) fault(`is ${show(answer)}, not nothing`);
}

function checkRevision(answer: unknown, fault: Fault): number {
  if (typeof answer === "number" && Number.isSafeInteger(answer) && answer >= 0) return answer;
  return fault(`is ${show(answer)}, not a revision`);
}

function checkSortedNames(answer: unknown, fault: Fault): readonly string[] {
  if (!Array.isArray(answer) || !answer.every((name) => typeof name === "string"))
    return fault("is not a list of names");
  const names = answer as readonly string[];
  names.forEach((name, i) => {
    const before = names[i - 1];
    if (before !== undefined && before >= name) fault(`holds ${show(name)} after ${show(before)}`);
  });
  return names;
}

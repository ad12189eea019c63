import type { AppendResult, JsonValue, StateStorage, StreamAppend } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";
import type { Connection, Run } from "./connection.ts";
import { recordText } from "./json.ts";
import { checkName } from "./names.ts";

/** The `state` contract on the table `records`. */
export function journalState(connection: Connection): StateStorage {
  return {
    append: async (world, appends, { signal }) => {
      checkName("world", world);
      // All that takes time is done before the lock is taken.
      const texts = checkAppends(appends).map(({ records }) => records.map(recordText));
      if (appends.length === 0) return { kind: "appended", heads: {} };
      return connection.transact("append to the journal", signal, (run) => write(run, world, appends, texts));
    },

    read: async (world, stream, after, { signal, limit }) => {
      checkName("world", world);
      checkName("stream", stream);
      checkCount("after", after);
      if (limit !== undefined) checkCount("limit", limit);
      const rows = await connection.query(
        "read the journal",
        "SELECT revision, body FROM records WHERE world = ? AND stream = ? AND revision > ? ORDER BY revision LIMIT ?",
        [world, stream, after, limit ?? -1],
        signal,
      );
      const first = rows[0]?.["revision"] as number | undefined;
      if (first !== undefined && first > after + 1) throw forgotten(world, stream, first, connection.file);
      return rows.map(({ revision, body }) => ({
        revision: revision as number,
        body: parse(body as string, { world, stream, revision: revision as number, file: connection.file }),
      }));
    },

    head: async (world, stream, { signal }) => {
      checkName("world", world);
      checkName("stream", stream);
      return headOf(await connection.query("read the journal", HEAD, [world, stream], signal));
    },

    forget: async (world, stream, upTo, { signal }) => {
      checkName("world", world);
      checkName("stream", stream);
      checkCount("upTo", upTo);
      await connection.transact("forget records of the journal", signal, (run) => {
        if (upTo >= headOf(run(HEAD, world, stream)))
          throw invalidCall(`forgets up to ${upTo}, which is not below the head of ${stream}`, "Keep the last record.");
        run("DELETE FROM records WHERE world = ? AND stream = ? AND revision <= ?", world, stream, upTo);
      });
    },

    worlds: async ({ signal }) => {
      const rows = await connection.query(
        "read the journal",
        "SELECT DISTINCT world FROM records ORDER BY world",
        [],
        signal,
      );
      return rows.map(({ world }) => world as string);
    },
  };
}

const HEAD = "SELECT max(revision) AS head FROM records WHERE world = ? AND stream = ?";

function headOf(rows: readonly Readonly<Record<string, unknown>>[]): number {
  return (rows[0]?.["head"] as number | null | undefined) ?? 0;
}

function write(
  run: Run,
  world: string,
  appends: readonly StreamAppend[],
  texts: readonly (readonly string[])[],
): AppendResult {
  for (const { stream, expectedRevision } of appends) {
    const actualRevision = headOf(run(HEAD, world, stream));
    if (actualRevision !== expectedRevision) return { kind: "conflict", stream, actualRevision };
  }
  const heads: Record<string, number> = {};
  appends.forEach(({ stream, expectedRevision }, i) => {
    let revision = expectedRevision;
    for (const text of texts[i] ?? []) {
      revision += 1;
      run("INSERT INTO records (world, stream, revision, body) VALUES (?, ?, ?, ?)", world, stream, revision, text);
    }
    heads[stream] = revision;
  });
  return { kind: "appended", heads };
}

function checkAppends(appends: readonly StreamAppend[]): readonly StreamAppend[] {
  const seen = new Set<string>();
  for (const { stream, expectedRevision } of appends) {
    checkName("stream", stream);
    checkCount("expectedRevision", expectedRevision);
    if (seen.has(stream))
      throw invalidCall(`names the stream ${stream} twice`, "Put all records of a stream into one entry.");
    seen.add(stream);
  }
  return appends;
}

function checkCount(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw invalidCall(`has ${what} ${value}`, "Use a whole number, 0 or more.");
}

function invalidCall(what: string, next: string): QmtlError {
  return new QmtlError({
    code: "storage.invalid-call",
    message: `A call of the journal ${what}`,
    next,
    class: "failed",
  });
}

function forgotten(world: string, stream: string, first: number, file: string): QmtlError {
  return new QmtlError({
    code: "storage.forgotten",
    message: `The first record of ${stream} that is still kept is ${first}`,
    place: { file, world },
    next: "Read from there on.",
    class: "failed",
  });
}

interface Place {
  readonly world: string;
  readonly stream: string;
  readonly revision: number;
  readonly file: string;
}

function parse(body: string, { world, stream, revision, file }: Place): JsonValue {
  try {
    return JSON.parse(body) as JsonValue;
  } catch (cause) {
    throw new QmtlError({
      code: "storage.corrupt",
      message: `Record ${revision} of ${stream} is damaged`,
      place: { file, world },
      next: "Put a good copy of the file in its place.",
      class: "failed",
      cause,
    });
  }
}

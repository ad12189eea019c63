import * as z from "zod";
import type { JsonValue, StoredRecord } from "../plugin/contract/storage.ts";
import { QmtlError } from "../schema/error.ts";
import { SESSION_FORMAT, type SessionEntry, type SessionRecord } from "./session.ts";

const text = z.string().min(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.int();

const report = {
  version: digest,
  domain: z.enum(["backtest", "dryrun", "live", "shadow"]),
  gate: text,
  bar: instant.exactOptional(),
};
const facts = {
  session: text,
  strategy: text,
  host: z.strictObject({
    name: z.string(),
    pid: z.int().min(0),
    life: z.strictObject({ machine: text, started: text }).exactOptional(),
  }),
  gateTtl: z.int().min(1),
};
const base = { format: z.literal(SESSION_FORMAT), at: instant };

const record: z.ZodType<SessionRecord> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("registered"), ...base, ...facts, ...report }),
  z.strictObject({ kind: z.literal("renewed"), ...base, session: text, ...report }),
  z.strictObject({ kind: z.literal("ended"), ...base, session: text, because: z.enum(["left", "lost"]) }),
  z.strictObject({
    kind: z.literal("checkpoint"),
    ...base,
    sessions: z.array(z.strictObject({ ...facts, ...report, registered: instant, seen: instant })),
  }),
]);

/**
 * A stored record of the sessions.
 *
 * @throws `world.newer-record`, `world.corrupt-sessions`
 */
export function readSession(world: string, { revision, body }: StoredRecord): SessionEntry {
  const { format } = (typeof body === "object" && body !== null ? body : {}) as { readonly format?: unknown };
  if (typeof format === "number" && format > SESSION_FORMAT)
    throw new QmtlError({
      code: "world.newer-record",
      message: `Session record ${revision} of world ${world} has format ${format}; this version of QMTL reads format ${SESSION_FORMAT}`,
      place: { world },
      next: "Update QMTL: a newer version runs in this world.",
      class: "failed",
    });
  const result = record.safeParse(body);
  if (result.success) return { revision, record: result.data };
  const [issue] = result.error.issues;
  throw new QmtlError({
    code: "world.corrupt-sessions",
    message: `Session record ${revision} of world ${world} is damaged: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
    place: { world },
    next: "Restore the journal from a copy: no writer of QMTL leaves it like this.",
    class: "failed",
  });
}

/**
 * A record of the sessions as it is stored: checked like one that is read.
 *
 * @throws `world.invalid-record`
 */
export function writeSession(world: string, given: SessionRecord): JsonValue {
  const result = record.safeParse(given);
  if (result.success) return given as unknown as JsonValue;
  const [issue] = result.error.issues;
  throw new QmtlError({
    code: "world.invalid-record",
    message: `A session record (${given.kind}) for world ${world} can't be written: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
    place: { world },
    next: "Report this: nothing was written, and the world is as it was.",
    class: "failed",
  });
}

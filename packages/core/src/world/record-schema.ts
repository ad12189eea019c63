import * as z from "zod";
import type { JsonValue, StoredRecord } from "../plugin/contract/storage.ts";
import { QmtlError } from "../schema/error.ts";
import { HOLDS, STAGES } from "./campaign/campaign.ts";
import { DOWNGRADE_REASONS } from "./downgrade.ts";
import { MODES } from "./mode.ts";
import { type JournalEntry, RECORD_FORMAT, type WorldRecord } from "./record.ts";

const text = z.string().min(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.int();
const count = z.int().min(0);
const share = z.number().min(0).max(1);
const mode = z.enum(MODES);
const reasons = z.array(z.enum(DOWNGRADE_REASONS));
const params = z.record(text, z.union([z.number(), z.string()]));
const evidence = z.enum(["backtest", "declared"]);
const names = z.array(text);
const domain = z.enum(["backtest", "dryrun", "live", "shadow"]);

const dataset = z.strictObject({
  fingerprint: digest,
  commit: digest.exactOptional(),
  asOf: instant.exactOptional(),
  end: instant,
  pointInTime: z.boolean(),
});

const statistics = z.strictObject({
  evalKey: digest,
  periods: count,
  sharpe: z.number().exactOptional(),
  skew: z.number().exactOptional(),
  kurtosis: z.number().exactOptional(),
});

const figure = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("value"), value: z.number() }),
  z.strictObject({ kind: z.literal("undefined"), because: z.string() }),
]);

const check = z.strictObject({ verdict: z.enum(["pass", "fail", "inconclusive"]), reason: z.string() });

const gate = z.strictObject({
  name: text,
  expression: z.string(),
  passed: z.boolean(),
  because: z.string().exactOptional(),
});

const exclusion = z.strictObject({
  stage: z.enum(["data-currency", "evidence", "gates", "score", "constraints", "top-k", "hysteresis"]),
  rule: z.string(),
  metric: z.string().exactOptional(),
  value: z.number().exactOptional(),
  bound: z.number().exactOptional(),
  distance: z.number().exactOptional(),
  reason: z.string(),
  hint: z.string().exactOptional(),
});

const versionDecision = z.strictObject({
  strategy: text,
  version: digest,
  evalKey: digest,
  params,
  mode,
  downgrades: reasons,
  reason: z.string(),
  verdict: z.enum(["selected", "excluded", "inconclusive"]),
  rank: z.int().min(1).exactOptional(),
  score: z.number().exactOptional(),
  stage: z.enum(STAGES).exactOptional(),
  allocated: share,
  share,
  scale: share,
  gates: z.array(gate),
  exclusions: z.array(exclusion),
  notes: z.array(z.string()),
  evidence,
  requested: z.string().exactOptional(),
});

const stageVerdict = z.enum(["pass", "fail", "inconclusive"]);

const stageState = z.strictObject({
  stage: z.enum(STAGES),
  version: digest,
  params,
  passes: count,
  fails: count,
  dwell: count,
  period: instant,
  moved: z.strictObject({ period: instant, from: z.enum(STAGES) }).exactOptional(),
  until: instant.exactOptional(),
  approved: z.strictObject({ actor: text, share }).exactOptional(),
  verdict: stageVerdict,
  hold: z.enum(HOLDS).exactOptional(),
  reason: z.string(),
  findings: z.array(
    z.strictObject({
      rule: z.enum(["samples", "drawdown", "shortfall", "ratio"]),
      verdict: stageVerdict,
      metric: text,
      value: z.number().exactOptional(),
      bound: z.number(),
      distance: z.number().exactOptional(),
      reason: z.string(),
    }),
  ),
});

const envelope = z.strictObject({
  world: text,
  revision: count,
  config: digest,
  period: instant,
  asOf: instant,
  ttl: z.int().min(0).exactOptional(),
  versions: z.array(versionDecision),
  selected: z.array(z.strictObject({ strategy: text, version: digest })),
  hysteresis: z.record(text, z.strictObject({ active: z.boolean(), streak: count, dwell: count })),
  campaign: z.record(text, stageState),
  allocation: z
    .strictObject({
      method: text,
      fallback: text.exactOptional(),
      notes: z.array(z.string()),
      figures: z.record(text, z.number()),
      binding: z.array(
        z.strictObject({
          name: text,
          kind: z.enum(["min", "max", "turnover", "cost", "budget"]),
          of: text.exactOptional(),
          bound: z.number(),
          multiplier: z.number(),
        }),
      ),
    })
    .exactOptional(),
});

const activationEntry = z.strictObject({
  strategy: text,
  version: digest,
  params,
  active: z.boolean(),
  share,
  scale: share,
  sides: z.strictObject({ long: z.boolean(), short: z.boolean() }),
  freeze: z.boolean(),
  drain: z.boolean(),
  mode,
  onDeactivate: z.literal("flatten"),
});

const base = { format: z.literal(RECORD_FORMAT), at: instant };
const epoch = z.int().min(1);

const RECORDS = {
  configured: z.strictObject({
    kind: z.literal("configured"),
    ...base,
    digest,
    previous: digest.exactOptional(),
    config: z.json() as z.ZodType<JsonValue>,
  }),
  trial: z.strictObject({
    kind: z.literal("trial"),
    ...base,
    evalKey: digest,
    trialKey: digest,
    origin: z.enum(["submit", "sweep", "preview"]),
    strategy: text,
    version: digest,
    params,
    dataset,
    brokerage: digest,
    evidence,
    statistics,
    returns: z.strictObject({ block: digest, row: count }).exactOptional(),
    command: text.exactOptional(),
  }),
  evaluation: z.strictObject({
    kind: z.literal("evaluation"),
    ...base,
    evalKey: digest,
    strategy: text,
    version: digest,
    params,
    dataset,
    engine: text,
    evidence,
    identity: z.enum(["file", "process"]),
    metrics: z.record(text, figure),
    checks: z.record(text, check),
    crossContextHits: count,
    objects: z.record(text, digest),
  }),
  accepted: z.strictObject({
    kind: z.literal("accepted"),
    ...base,
    strategy: text,
    version: digest,
    evalKey: digest,
    requested: z.string().exactOptional(),
  }),
  decision: z.strictObject({ kind: z.literal("decision"), ...base, envelope }),
  approved: z.strictObject({
    kind: z.literal("approved"),
    ...base,
    decision: z.int().min(1),
    actor: text,
    comment: text,
  }),
  ruled: z.strictObject({
    kind: z.literal("ruled"),
    ...base,
    strategy: text,
    version: digest,
    verdict: z.enum(["approved", "rejected"]),
    share,
    actor: text,
    comment: text,
  }),
  freezing: z.strictObject({
    kind: z.literal("freezing"),
    ...base,
    epoch,
    run: text.exactOptional(),
    decision: z.int().min(1),
    target: z.array(activationEntry),
    required: names,
  }),
  acknowledged: z.strictObject({ kind: z.literal("acknowledged"), ...base, epoch, participant: text, sequence: count }),
  left: z.strictObject({ kind: z.literal("left"), ...base, epoch, participant: text }),
  switched: z.strictObject({ kind: z.literal("switched"), ...base, epoch }),
  completed: z.strictObject({ kind: z.literal("completed"), ...base, epoch, missing: names }),
  aborting: z.strictObject({
    kind: z.literal("aborting"),
    ...base,
    epoch,
    reason: z.string(),
    actor: text.exactOptional(),
  }),
  "rolled-back": z.strictObject({
    kind: z.literal("rolled-back"),
    ...base,
    epoch,
    gates: z.enum(["reopened", "frozen"]),
    missing: names,
  }),
  edge: z.strictObject({
    kind: z.literal("edge"),
    ...base,
    producer: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("node"), node: digest }),
      z.strictObject({ kind: z.literal("version"), strategy: text, version: digest }),
    ]),
    from: domain,
    to: domain,
    open: z.boolean(),
    reason: text,
    actor: text.exactOptional(),
    expires: instant.exactOptional(),
  }),
  "edge-read": z.strictObject({
    kind: z.literal("edge-read"),
    ...base,
    strategy: text,
    version: digest,
    from: domain,
    to: domain,
    columns: digest,
    nodes: count,
    rows: count,
  }),
  allocated: z.strictObject({
    kind: z.literal("allocated"),
    ...base,
    run: text,
    content: digest,
    decision: count,
    total: z.number().min(0),
    currency: text,
    worldShare: share,
    strategies: z.array(z.strictObject({ strategy: text, version: digest, share })),
    ttl: z.int().min(0).exactOptional(),
  }),
  rebalanced: z.strictObject({
    kind: z.literal("rebalanced"),
    ...base,
    run: text,
    plan: digest,
    mode: z.enum(["scaling", "overlay", "hybrid"]),
    actor: text,
    orders: z.array(
      z.strictObject({
        strategy: text,
        symbol: text,
        venue: z.string().nullable(),
        quantity: z.number(),
        reduceOnly: z.boolean(),
        held: z.number().exactOptional(),
      }),
    ),
    turnover: z.number(),
    cost: z.number(),
  }),
  executed: z.strictObject({
    kind: z.literal("executed"),
    ...base,
    run: text,
    strategy: text,
    version: digest,
    account: text,
    to: instant,
    legs: z.array(
      z.strictObject({ symbol: text, asked: z.number(), ordered: z.number(), reason: text.exactOptional() }),
    ),
  }),
  downgrade: z.strictObject({
    kind: z.literal("downgrade"),
    ...base,
    strategy: text,
    version: digest,
    reasons,
    mode,
    requested: z.string().exactOptional(),
  }),
  realised: z.strictObject({
    kind: z.literal("realised"),
    ...base,
    strategy: text,
    version: digest,
    params,
    account: text,
    domain: z.enum(["dryrun", "live"]),
    feed: z.enum(["live", "replay"]),
    period: instant,
    return: z.number(),
    equity: z.number(),
  }),
} satisfies { readonly [K in WorldRecord["kind"]]: z.ZodType<Extract<WorldRecord, { kind: K }>> };

/**
 * A stored record as this code understands it, without its link.
 *
 * @throws `world.newer-record`, `world.older-record`, `world.unknown-record`, `world.corrupt-record`
 */
export function readRecord(world: string, { revision, body }: StoredRecord): JournalEntry {
  const { chain: _, ...plain } = (typeof body === "object" && body !== null ? body : {}) as {
    readonly chain?: unknown;
    readonly kind?: unknown;
    readonly format?: unknown;
  };
  const { kind, format } = plain;
  const place = { world };
  const named = `Record ${revision} of world ${world} (${String(kind)})`;
  const update = "Update QMTL: a newer version has written to this journal.";
  if (typeof format === "number" && format > RECORD_FORMAT)
    throw new QmtlError({
      code: "world.newer-record",
      message: `${named} has format ${format}; this version of QMTL reads format ${RECORD_FORMAT}`,
      place,
      next: update,
      class: "failed",
    });
  if (typeof format === "number" && format < RECORD_FORMAT)
    throw new QmtlError({
      code: "world.older-record",
      message: `${named} has format ${format}, of an older QMTL; this version reads format ${RECORD_FORMAT} only`,
      place,
      next: "Move the journal away and submit again: a new one is begun.",
      class: "failed",
    });
  if (typeof kind !== "string" || !Object.hasOwn(RECORDS, kind))
    throw new QmtlError({
      code: "world.unknown-record",
      message: `${named} is of a kind that format ${RECORD_FORMAT} does not have; it says format ${String(format)}`,
      place,
      next: update,
      class: "failed",
    });
  const result = RECORDS[kind as WorldRecord["kind"]].safeParse(plain);
  if (result.success) return { revision, record: result.data };
  throw new QmtlError({
    code: "world.corrupt-record",
    message: `${named} is damaged: ${wordsOf(result.error)}`,
    place,
    next: "Restore the journal from a copy: no writer of QMTL leaves it like this.",
    class: "failed",
  });
}

/**
 * A record as it is stored. It is checked like a record that is read, so nothing that can't be read again is ever written.
 *
 * @throws `world.invalid-record`
 */
export function writeRecord(world: string, record: WorldRecord): { readonly [key: string]: JsonValue } {
  const result = RECORDS[record.kind].safeParse(record);
  if (result.success) return record as unknown as { readonly [key: string]: JsonValue };
  throw new QmtlError({
    code: "world.invalid-record",
    message: `A record (${record.kind}) for world ${world} can't be written: ${wordsOf(result.error)}`,
    place: { world },
    next: "Report this: nothing was written, and the world is as it was.",
    class: "failed",
  });
}

function wordsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
}

import * as z from "zod";
import type { Fill } from "../../backtest/fill-log.ts";
import type { OrderEvent } from "../../backtest/order-log.ts";
import type { OrderTerms } from "../../backtest/order-terms.ts";
import type { Leg } from "../../backtest/rebalance.ts";
import { RISK_METRICS } from "../../backtest/risk-limits.ts";
import type { JsonValue, StoredRecord } from "../../plugin/contract/storage.ts";
import { QmtlError } from "../../schema/error.ts";
import type { Params } from "../../world/record.ts";

/** Of the records of a runner's account. There is one: another is refused by name. */
export const ACCOUNT_FORMAT = 1;

/** The stream of a world's storage that holds an account. */
export function accountStream(account: string): string {
  return `paper.${account}`;
}

interface Base<K extends string> {
  readonly kind: K;
  readonly format: typeof ACCOUNT_FORMAT;
  /** When it was built, ms UTC. */
  readonly at: number;
}

/** An account begins: flat, with its equity in cash. What was before it in the stream has ended. */
export interface OpenedRecord extends Base<"opened"> {
  readonly strategy: string;
  readonly version: string;
  readonly params: Params;
  /** Digest of the object that holds the bundle that runs. */
  readonly bundle: string;
  readonly feed: "live" | "replay";
  /** The first bar that is decided on; absent: the first of each symbol. */
  readonly from?: number;
  readonly equity: number;
  /** Digest: see `brokerageDigest`. */
  readonly brokerage: string;
  readonly engine: string;
}

/** What is held, at its last close. */
export interface HeldPosition {
  readonly symbol: string;
  readonly quantity: number;
  readonly averageCost: number;
  readonly mark: number;
}

/** How an account stands. */
export interface AccountStanding {
  readonly equity: number;
  readonly cash: number;
  readonly exposure: number;
  readonly positions: readonly HeldPosition[];
  /** Orders that wait for a fill. */
  readonly waiting: number;
}

/** One evaluation period that has ended. */
export interface EndedPeriod {
  /** ms UTC. */
  readonly end: number;
  /** Simple net return. */
  readonly return: number;
  readonly equity: number;
}

/** An order that limits of risk let pass in part, or not at all. */
export type LimitedOrder = Omit<Extract<OrderEvent, { readonly kind: "limited" }>, "kind">;

/** Bars that were traded, under one set of terms. */
export interface TradedRecord extends Base<"traded"> {
  /** The bars that end after `after`, up to `to`; ms UTC. Absent: from the first on. */
  readonly after?: number;
  readonly to: number;
  readonly bars: number;
  /** Digest of their rows. */
  readonly rows: string;
  readonly terms: OrderTerms;
  /** `open`, or why orders were held back. */
  readonly gate: string;
  /** What the gate had seen of the world: the highest sequence, and the revision of the activation. */
  readonly sequence: number;
  readonly activation: number;
  /** Placed and withdrawn. */
  readonly orders: readonly OrderEvent[];
  /** Decisions that the gate let nothing of pass. */
  readonly refused: number;
  /** Orders that limits of risk cut or held back. Absent in records from before limits were applied. */
  readonly limited?: readonly LimitedOrder[];
  readonly fills: readonly Fill[];
  readonly periods: readonly EndedPeriod[];
  readonly standing: AccountStanding;
}

/** Orders that waited were taken back, for an apply or because the session ended. */
export interface CancelledRecord extends Base<"cancelled"> {
  /** The last bar that was traded before. */
  readonly to: number;
  readonly sequence: number;
  readonly orders: readonly OrderEvent[];
  readonly standing: AccountStanding;
}

/** Orders of a rebalancing were placed after a bar. */
export interface RebalancedAccountRecord extends Base<"rebalanced"> {
  /** The name of the world's rebalancing. */
  readonly run: string;
  /** The last bar that was traded before. */
  readonly to: number;
  readonly sequence: number;
  readonly legs: readonly Leg[];
  readonly orders: readonly OrderEvent[];
  readonly limited: readonly LimitedOrder[];
  readonly standing: AccountStanding;
}

/** What happened after an account was opened. */
export type AccountDeedRecord = TradedRecord | CancelledRecord | RebalancedAccountRecord;

export type AccountRecord = OpenedRecord | AccountDeedRecord;

const text = z.string().min(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.int();
const count = z.int().min(0);
const number = z.number();

const terms = z.strictObject({
  part: number,
  admits: z.enum(["all", "reducing", "none"]),
  sides: z.strictObject({ long: z.boolean(), short: z.boolean() }),
  flatten: z.boolean(),
  limits: z
    .strictObject({
      gross: number.exactOptional(),
      net: number.exactOptional(),
      position: number.exactOptional(),
      positionValue: number.exactOptional(),
      drawdown: number.exactOptional(),
      volatility: number.exactOptional(),
      correlation: number.exactOptional(),
      excess: z.enum(["cut", "refuse"]).exactOptional(),
    })
    .exactOptional(),
});

const levels = { limit: number.exactOptional(), stop: number.exactOptional(), trail: number.exactOptional() };
const order = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("placed"),
    symbol: text,
    time: instant,
    because: text,
    type: text,
    quantity: number,
    to: number,
    ...levels,
    protection: z.array(z.strictObject({ because: text, ...levels })).exactOptional(),
  }),
  z.strictObject({ kind: z.literal("withdrawn"), symbol: text, time: instant, to: number }),
]) as unknown as z.ZodType<OrderEvent>;

const limited = z.array(
  z.strictObject({
    symbol: text,
    time: instant,
    to: number,
    allowed: number,
    breaches: z.array(
      z.strictObject({
        metric: z.enum(RISK_METRICS),
        symbol: text.exactOptional(),
        value: number,
        bound: number,
        distance: number,
        severity: z.enum(["low", "medium", "high", "critical"]),
        action: z.enum(["cut", "refused", "reduce-only"]),
      }),
    ),
  }),
);

const fill = z.strictObject({
  time: instant,
  symbol: text,
  bar: count,
  quantity: number,
  held: number,
  price: number,
  fee: number,
  slippage: number,
  realized: number,
  kind: text,
  type: text,
  moment: text,
  order: count,
}) as unknown as z.ZodType<Fill>;

const standing = z.strictObject({
  equity: number,
  cash: number,
  exposure: number,
  positions: z.array(z.strictObject({ symbol: text, quantity: number, averageCost: number, mark: number })),
  waiting: count,
});

const base = { format: z.literal(ACCOUNT_FORMAT), at: instant };

const schema: z.ZodType<AccountRecord> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("opened"),
    ...base,
    strategy: text,
    version: digest,
    params: z.record(text, z.union([number, z.string()])),
    bundle: digest,
    feed: z.enum(["live", "replay"]),
    from: instant.exactOptional(),
    equity: number,
    brokerage: digest,
    engine: text,
  }),
  z.strictObject({
    kind: z.literal("traded"),
    ...base,
    after: instant.exactOptional(),
    to: instant,
    bars: count,
    rows: digest,
    terms,
    gate: text,
    sequence: count,
    activation: count,
    orders: z.array(order),
    refused: count,
    limited: limited.exactOptional(),
    fills: z.array(fill),
    periods: z.array(z.strictObject({ end: instant, return: number, equity: number })),
    standing,
  }),
  z.strictObject({
    kind: z.literal("cancelled"),
    ...base,
    to: instant,
    sequence: count,
    orders: z.array(order),
    standing,
  }),
  z.strictObject({
    kind: z.literal("rebalanced"),
    ...base,
    run: text,
    to: instant,
    sequence: count,
    legs: z.array(z.strictObject({ symbol: text, held: number, quantity: number, reduceOnly: z.boolean() })),
    orders: z.array(order),
    limited,
    standing,
  }),
]);

/** @throws `run.newer-account`, `run.corrupt-account` */
export function readAccountRecord(account: string, { revision, body }: StoredRecord): AccountRecord {
  const { format } = (typeof body === "object" && body !== null ? body : {}) as { readonly format?: unknown };
  if (typeof format === "number" && format > ACCOUNT_FORMAT)
    throw new QmtlError({
      code: "run.newer-account",
      message: `Record ${revision} of account ${account} has format ${format}; this version of QMTL reads format ${ACCOUNT_FORMAT}`,
      next: "Update QMTL: a newer version has traded in this account.",
      class: "failed",
    });
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new QmtlError({
    code: "run.corrupt-account",
    message: `Record ${revision} of account ${account} is damaged: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
    next: "Restore the journal from a copy, or run under another --session.",
    class: "failed",
  });
}

/** A record as it is stored: checked like one that is read. @throws `run.invalid-record` */
export function writeAccountRecord(account: string, record: AccountRecord): JsonValue {
  const result = schema.safeParse(record);
  if (result.success) return record as unknown as JsonValue;
  const [issue] = result.error.issues;
  throw new QmtlError({
    code: "run.invalid-record",
    message: `A record (${record.kind}) of account ${account} can't be written: ${issue?.path.join(".") || "it"}: ${issue?.message}`,
    next: "Report this: nothing was written.",
    class: "failed",
  });
}

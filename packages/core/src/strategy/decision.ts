import type { Bool, Cell, F64, Num } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Dataset, Decision, Label, PerSymbol, Scope } from "./column.ts";
import { requireBars, requireFinite } from "./count.ts";
import type { ColumnRef, DatasetSpec, DecisionSpec, TargetRef, TradeSpec } from "./graph.ts";
import type { DraftColumn } from "./handle.ts";
import { cellOf, columnOf, isHandle, meaningOf, resultHandle } from "./handle.ts";
import { requireName } from "./node.ts";
import { refuseUnknownKeys } from "./option.ts";

type Place = (column: DraftColumn) => ColumnRef;

/** Holds each symbol at a fraction of equity; negative is short. `NaN` keeps what is held. */
export function targetWeights<I extends Interval>(
  weights: Column<F64<"fraction">, I, "symbol"> | PerSymbol<F64<"fraction">, I>,
): Decision<I> {
  return targets("targetWeights", "fraction", weights) as Decision<I>;
}

/** Holds each symbol at a number of units; negative is short. `NaN` keeps what is held. */
export function targetPositions<I extends Interval>(
  positions: Column<Num<"quantity">, I, "symbol"> | PerSymbol<Num<"quantity">, I>,
): Decision<I> {
  return targets("targetPositions", "quantity", positions) as Decision<I>;
}

function targets(kind: "targetWeights" | "targetPositions", unit: string, of: unknown): unknown {
  const named = isHandle(of) || typeof of !== "object" || of === null ? undefined : Object.entries(of);
  if (named?.length === 0)
    throw new QmtlError({ code: "strategy.no-target", message: `${kind}() names no symbol`, next: "Name one." });
  const drafts: readonly (readonly [string, DraftColumn])[] =
    named === undefined
      ? [["", columnOf(of, `What ${kind}() reads`)]]
      : named.map(([symbol, column]) => [symbol, columnOf(column, `"${symbol}" of ${kind}()`)]);
  const first = (drafts[0] as (typeof drafts)[number])[1].draft.node;
  for (const [symbol, column] of drafts) {
    const where = symbol === "" ? `What ${kind}() reads` : `"${symbol}" of ${kind}()`;
    requireUnit(column, [unit], where);
    const { node } = column.draft;
    if (node.scope !== (named === undefined ? "symbol" : "market"))
      throw new QmtlError({
        code: "strategy.wrong-scope",
        message: `${where} has one value ${node.scope === "market" ? "for the whole market" : "per symbol"}`,
        next: "Pass a symbol column, or a record of market columns by symbol.",
      });
    if (node.interval !== first.interval)
      throw new QmtlError({
        code: "strategy.mixed-intervals",
        message: `${kind}() joins ${first.interval} with ${node.interval}`,
        next: "resample() one of them.",
      });
  }
  const spec = (place: Place): DecisionSpec => {
    const target: TargetRef =
      named === undefined
        ? { kind: "panel", ref: place((drafts[0] as (typeof drafts)[number])[1]) }
        : {
            kind: "per-symbol",
            columns: Object.fromEntries(drafts.map(([symbol, column]) => [symbol, place(column)])),
          };
    return { kind, interval: first.interval, target };
  };
  return resultHandle("decision", { spec, columns: drafts.map(([, column]) => column) });
}

/**
 * One side of an order-style decision. Levels are read on the bar of entry; `trail` on each bar after it as well.
 *
 * @example
 * // A breakout that waits until the session ends, protected by a stop that follows.
 * orders({ long: { enter, size: 0.1, trigger: high.high, timeInForce: "day", trail: range.value } });
 */
export type Trade<I extends Interval> = Exits<I> & Entry<I>;

interface Exits<I extends Interval> {
  /** Opens when true and flat. */
  readonly enter: Column<Bool, I>;
  /** Closes when true. */
  readonly exit?: Column<Bool, I>;
  /** A fraction of equity, or units. A bare number is a fraction. */
  readonly size: Column<F64<"fraction"> | Num<"quantity">, I> | number;
  readonly stop?: Column<F64<"price">, I>;
  readonly takeProfit?: Column<F64<"price">, I>;
  /** A distance: the stop follows the best price by it. */
  readonly trail?: Column<F64<"price">, I>;
  /** Bars after which the trade closes by itself. */
  readonly expire?: number;
}

/** How an entry meets the market. What stands beside each other here can be combined; the rest does not compile. */
type Entry<I extends Interval> =
  /** At the market's price, at the next open. */
  | ({ readonly limit?: never; readonly trigger?: never; readonly at?: never } & Waits<I>)
  /** At `limit` or better. */
  | ({ readonly limit: Column<F64<"price">, I>; readonly trigger?: never; readonly at?: never } & Waits<I>)
  /** Once the price has reached `trigger`: at the market's price, or at `limit` or better. It waits, so it can't be for one moment only. */
  | ({
      readonly trigger: Column<F64<"price">, I>;
      readonly limit?: Column<F64<"price">, I>;
      readonly at?: never;
    } & Waits<I, "day" | "gtc">)
  /** In the opening or closing auction of the session, entries and exits. */
  | {
      readonly at: "open" | "close";
      readonly limit?: never;
      readonly trigger?: never;
      readonly timeInForce?: never;
      readonly until?: never;
    };

/**
 * How long an entry waits. `gtc` (default): until it is filled or an exit withdraws it. `day`: in the session of its first bar. `ioc`: it takes what
 * the first open gives. `fok`: all of it there, or nothing. `until` (good till date): an instant in seconds since 1970, as `barTime` counts.
 */
type Waits<I extends Interval, T extends string = "day" | "gtc" | "ioc" | "fok"> =
  | { readonly timeInForce?: T; readonly until?: never }
  | { readonly until: Column<F64<"seconds">, I>; readonly timeInForce?: never };

/**
 * Trades on events: entries, exits, stops. It reads positions, so it runs in one sequential loop after the rest of the graph.
 *
 * @throws `strategy.order-conflict` for entries that can't be both
 */
export function orders<I extends Interval>(sides: {
  readonly long?: Trade<I>;
  readonly short?: Trade<NoInfer<I>>;
}): Decision<I> {
  refuseUnknownKeys(sides, ["long", "short"], "orders()");
  const long = sides.long === undefined ? undefined : draftTrade(sides.long as Trade<Interval>, "long");
  const short = sides.short === undefined ? undefined : draftTrade(sides.short as Trade<Interval>, "short");
  const columns = [...(long?.columns ?? []), ...(short?.columns ?? [])];
  const first = columns[0]?.draft.node;
  if (first === undefined)
    throw new QmtlError({
      code: "strategy.no-target",
      message: "orders() has neither side",
      next: "Give long or short.",
    });
  for (const { draft } of columns)
    if (draft.node.interval !== first.interval)
      throw new QmtlError({
        code: "strategy.mixed-intervals",
        message: `orders() joins ${first.interval} with ${draft.node.interval}`,
        next: "resample() one of them.",
      });
  return resultHandle("decision", {
    spec: (place) => ({ kind: "orders", interval: first.interval, long: long?.spec(place), short: short?.spec(place) }),
    columns,
  }) as unknown as Decision<I>;
}

function draftTrade(
  trade: Trade<Interval>,
  side: "long" | "short",
): { columns: readonly DraftColumn[]; spec: (place: Place) => TradeSpec } {
  const where = `orders().${side}`;
  refuseUnknownKeys(trade, TRADE_KEYS, where);
  refuseConflicts(trade, where);
  const columns: DraftColumn[] = [];
  const column = (value: unknown, key: string, units: readonly string[]): DraftColumn | undefined => {
    if (value === undefined) return undefined;
    const from = columnOf(value, `${where}.${key}`);
    requireUnit(from, units, `${where}.${key}`);
    if (from.draft.node.scope !== "symbol")
      throw new QmtlError({
        code: "strategy.wrong-scope",
        message: `${where}.${key} has one value for the whole market`,
        next: "Pass a symbol column.",
      });
    columns.push(from);
    return from;
  };
  const enter = column(trade.enter, "enter", ["bool"]);
  if (enter === undefined)
    throw new QmtlError({ code: "strategy.no-entry", message: `${where} never enters`, next: "Give enter." });
  const exit = column(trade.exit, "exit", ["bool"]);
  const limit = column(trade.limit, "limit", ["price"]);
  const trigger = column(trade.trigger, "trigger", ["price"]);
  const stop = column(trade.stop, "stop", ["price"]);
  const takeProfit = column(trade.takeProfit, "takeProfit", ["price"]);
  const trail = column(trade.trail, "trail", ["price"]);
  const until = column(trade.until, "until", ["seconds"]);
  const size = typeof trade.size === "number" ? undefined : column(trade.size, "size", ["fraction", "quantity"]);
  if (size === undefined && typeof trade.size !== "number")
    throw new QmtlError({
      code: "strategy.no-size",
      message: `${where} has no size`,
      next: "Give a fraction of equity.",
    });
  const constant = size === undefined ? requireFinite(trade.size, `${where}.size`) : 0;
  if (size === undefined && constant <= 0)
    throw new QmtlError({
      code: "strategy.invalid-number",
      message: `${where}.size is ${constant}`,
      next: "A size is above 0; the side says the direction.",
    });
  const expire = trade.expire === undefined ? undefined : requireBars(trade.expire, `${where}.expire`, 1);
  const optional = (place: Place, from: DraftColumn | undefined) => (from === undefined ? undefined : place(from));
  return {
    columns,
    spec: (place) => ({
      enter: place(enter),
      exit: optional(place, exit),
      size:
        size === undefined
          ? { kind: "constant", value: constant, unit: "fraction" }
          : { kind: "column", ref: place(size), unit: unitOf(cellOf(size)) === "quantity" ? "quantity" : "fraction" },
      limit: optional(place, limit),
      trigger: optional(place, trigger),
      stop: optional(place, stop),
      takeProfit: optional(place, takeProfit),
      trail: optional(place, trail),
      expire,
      at: trade.at,
      timeInForce: until === undefined ? trade.timeInForce : "gtd",
      until: optional(place, until),
    }),
  };
}

const TRADE_KEYS = [
  "enter",
  "exit",
  "size",
  "limit",
  "trigger",
  "at",
  "timeInForce",
  "until",
  "stop",
  "takeProfit",
  "trail",
  "expire",
];

const TIMES_IN_FORCE: readonly unknown[] = ["day", "gtc", "ioc", "fok"];

/** What the types refuse already, for callers without them. */
function refuseConflicts(
  {
    at,
    limit,
    trigger,
    timeInForce,
    until,
  }: { readonly [key in "at" | "limit" | "trigger" | "timeInForce" | "until"]?: unknown },
  where: string,
): void {
  const refuse = (says: string, next: string): never => {
    throw new QmtlError({ code: "strategy.order-conflict", message: `${where} ${says}`, next });
  };
  if (at !== undefined && at !== "open" && at !== "close")
    refuse(`is for the auction ${JSON.stringify(at)}`, 'Write "open" or "close".');
  if (timeInForce !== undefined && !TIMES_IN_FORCE.includes(timeInForce))
    refuse(`has the time in force ${JSON.stringify(timeInForce)}`, `Use one of ${TIMES_IN_FORCE.join(", ")}.`);
  if (at !== undefined && (limit !== undefined || trigger !== undefined))
    refuse("waits for an auction and for a price", "Leave out `at`, or `limit` and `trigger`.");
  if (at !== undefined && timeInForce !== undefined)
    refuse("waits for one auction, and has a time in force", "Leave out `timeInForce`.");
  if (trigger !== undefined && (timeInForce === "ioc" || timeInForce === "fok"))
    refuse(`waits for its trigger, and is good for one moment (${timeInForce})`, "Use day, gtc or until.");
  if (until !== undefined && (timeInForce !== undefined || at !== undefined))
    refuse("waits until an instant, and for something else", "Leave out `until`, or `timeInForce` and `at`.");
}

/** Features beside labels, for training. It is published, never traded. */
export function dataset<I extends Interval>(spec: {
  readonly name: string;
  readonly features: { readonly [name: string]: Column<Cell, I, Scope> };
  readonly labels: { readonly [name: string]: Label<Cell, NoInfer<I>> };
}): Dataset {
  refuseUnknownKeys(spec, ["name", "features", "labels"], "dataset()");
  const name = requireName(spec.name);
  const features = Object.entries(spec.features).map(
    ([key, value]) => [key, columnOf(value, `Feature "${key}"`)] as const,
  );
  const labels = Object.entries(spec.labels).map(([key, value]) => {
    const meaning = meaningOf(value, `Label "${key}"`);
    if (meaning.kind === "label") return [key, meaning.from] as const;
    throw new QmtlError({
      code: "strategy.label-expected",
      message: `Label "${key}" is a ${meaning.kind}`,
      next: "Pass what forwardReturn() or tripleBarrier() returned; a causal column is a feature.",
    });
  });
  const columns = [...features, ...labels].map(([, column]) => column);
  const first = columns[0]?.draft.node;
  if (first === undefined)
    throw new QmtlError({
      code: "strategy.no-target",
      message: `dataset "${name}" is empty`,
      next: "Give it features.",
    });
  for (const [key, { draft }] of [...features, ...labels])
    if (draft.node.interval !== first.interval)
      throw new QmtlError({
        code: "strategy.mixed-intervals",
        message: `dataset "${name}" joins ${first.interval} with "${key}" of ${draft.node.interval}`,
        next: "resample() one of them.",
      });
  const place = (at: Place, all: readonly (readonly [string, DraftColumn])[]) =>
    Object.fromEntries(all.map(([key, column]) => [key, at(column)]));
  const placed = (at: Place): DatasetSpec => ({
    kind: "dataset",
    name,
    interval: first.interval,
    features: place(at, features),
    labels: place(at, labels),
  });
  return resultHandle("dataset", { spec: placed, columns }) as unknown as Dataset;
}

/**
 * Reads columns that another run published, by name.
 *
 * @throws `strategy.not-yet`
 */
export function readArtifact(_spec: { readonly name: string; readonly version?: number }): never {
  refuseLater("readArtifact()");
}

function refuseLater(what: string): never {
  throw new QmtlError({
    code: "strategy.not-yet",
    message: `${what} does not run yet in this version`,
    next: "Leave it out; the release notes will name it when it runs.",
  });
}

function unitOf(cell: Cell): string {
  return cell.dtype === "f64" || cell.dtype === "i32" ? cell.unit : cell.dtype;
}

/** @throws `strategy.wrong-unit` */
export function requireUnit(column: DraftColumn, units: readonly string[], where: string): void {
  const unit = unitOf(cellOf(column));
  if (!units.includes(unit))
    throw new QmtlError({
      code: "strategy.wrong-unit",
      message: `${where} is "${unit}", where ${units.map((u) => `"${u}"`).join(" or ")} is needed`,
      next: "Declare the unit in the node's output, or cast() the column.",
    });
}

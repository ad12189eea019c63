import type { Panel } from "../data/panel.ts";
import { QmtlError } from "../schema/error.ts";
import { type Account, type Broker, createBroker } from "./broker.ts";
import type { Instrument } from "./brokerage.ts";
import { type Curve, createCurve } from "./curve.ts";
import type { DecisionLog, DecisionRule, Desk } from "./decision-rule.ts";
import { createMarket, type Market } from "./market.ts";
import type { Moment } from "./moment.ts";
import { type BacktestOptions, requireNumber, requireNumbers } from "./options.ts";
import { createOrderRule, orderLanes } from "./orders.ts";
import { createPending, type Pending } from "./pending.ts";
import type { Quotes } from "./quotes.ts";
import { createStaleWatch, type StaleWatch } from "./stale-watch.ts";
import { createTargetRule, type TargetRule, targetLanes } from "./targets.ts";

/** Everything that changes while a backtest runs, beside what the rule keeps. */
export interface Run {
  readonly panel: Panel;
  readonly market: Market;
  readonly quotes: readonly Quotes[];
  readonly instruments: readonly Instrument[];
  readonly equity: number;
  readonly broker: Broker;
  readonly account: Account;
  readonly pending: Pending;
  readonly log: DecisionLog;
  readonly now: Moment;
  readonly rule: DecisionRule;
  readonly curve: Curve;
  readonly stale: StaleWatch;
  /** Stamp of each symbol's last price; `NaN` before it. */
  readonly pricedAt: Float64Array;
  /** Place of that stamp in the clock. */
  readonly pricedIndex: Int32Array;
  /** The bar of each symbol that comes next, and its stamp; infinite after the last. */
  readonly cursor: Int32Array;
  readonly next: Float64Array;
  /** Symbols whose last bar has passed and that are not settled yet. */
  readonly ending: number[];
  readonly ended: { symbol: string; time: number; price: number; quantity: number }[];
  readonly unfilled: { symbol: string; decided: number; quantity: number }[];
  gaps: number;
  /** The stamp that comes next; infinite after the last. */
  upcoming: number;
  /** Stamps passed, and the last of them. */
  stamps: number;
  lastStamp: number;
  /** Place of the last point of the curve. */
  lastKept: number;
  ruined: number;
}

/** @throws what `createBacktest` throws */
export function startRun(options: BacktestOptions): { run: Run; targets: TargetRule | undefined } {
  const { decision, panel, brokerage, columns } = options;
  requireNumbers(options);
  const orders = decision.kind === "orders" ? orderLanes(decision, columns) : undefined;
  const targets = decision.kind === "orders" ? undefined : targetLanes(decision, columns);
  const symbols = tradedSymbols(panel, [...(orders ?? targets)!.keys()]);
  const instruments = instrumentsOf(symbols, options.instruments);
  const now: Moment = { stamp: Number.NaN, equity: Number.NaN };
  const broker = createBroker({ brokerage, instruments, equity: options.equity, now });
  const pending = createPending(symbols.length);
  const log: DecisionLog = { decisions: 0, undecided: 0, conflicts: 0, first: Number.NaN };
  const part = (options.share ?? 1) * (options.scale ?? 1);
  const desk: Desk = { instruments, account: broker.account, pending, log, now, part };
  const { market = createMarket(panel, options.calendar) } = options;
  const quotes = symbols.map((symbol) => market.quotes(symbol));
  const targetRule =
    decision.kind === "orders"
      ? undefined
      : createTargetRule(desk, {
          kind: decision.kind,
          lanes: symbols.map((symbol) => targets!.get(symbol)!),
          act: brokerage.act,
        });
  const next = Float64Array.from(quotes, ({ stamps }) => stamps[0] ?? Number.POSITIVE_INFINITY);
  const pricedAt = new Float64Array(symbols.length).fill(Number.NaN);
  const pricedIndex = new Int32Array(symbols.length);
  const run: Run = {
    panel,
    market,
    quotes,
    instruments,
    equity: options.equity,
    broker,
    account: broker.account,
    pending,
    log,
    now,
    rule:
      targetRule ??
      createOrderRule(
        desk,
        symbols.map((symbol) => orders!.get(symbol)!),
      ),
    curve: createCurve(options.points === "bars" ? undefined : market.sessionPlaces(symbols)),
    stale: createStaleWatch({
      symbols,
      pricedAt,
      pricedIndex,
      calendar: options.calendar,
      interval: panel.interval,
      maxStale: brokerage.maxStale,
    }),
    pricedAt,
    pricedIndex,
    cursor: new Int32Array(symbols.length),
    next,
    ending: [],
    ended: [],
    unfilled: [],
    gaps: 0,
    upcoming: next.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    stamps: 0,
    lastStamp: Number.NaN,
    lastKept: -1,
    ruined: Number.NaN,
  };
  return { run, targets: targetRule };
}

/** In the universe's order. */
function tradedSymbols(panel: Panel, decided: readonly string[]): readonly string[] {
  const known = panel.series.map(({ symbol }) => symbol);
  const unpriced = decided.filter((symbol) => !known.includes(symbol));
  if (unpriced.length > 0)
    throw new QmtlError({
      code: "backtest.no-prices",
      message: `No prices for ${unpriced.join(", ")}: orders fill from preset ${panel.preset}, which has ${known.join(", ") || "no symbol"}`,
      place: { preset: panel.preset, symbol: unpriced[0]! },
      next: "Decide only for symbols of the stream that prices the orders, or let one stream select all of them.",
    });
  const wanted = new Set(decided);
  return known.filter((symbol) => wanted.has(symbol));
}

function instrumentsOf(symbols: readonly string[], instruments: readonly Instrument[]): readonly Instrument[] {
  const found = symbols.map((symbol) => {
    const instrument = instruments.find((candidate) => candidate.symbol === symbol);
    if (instrument !== undefined) return instrument;
    throw new QmtlError({
      code: "backtest.unknown-instrument",
      message: `Nothing says in which lots ${symbol} trades`,
      place: { symbol },
      next: `Declare it in the universe, which has ${instruments.map((known) => known.symbol).join(", ") || "no symbol"}.`,
    });
  });
  const currencies = [...new Set(found.map(({ currency }) => currency))];
  if (currencies.length > 1)
    throw new QmtlError({
      code: "backtest.mixed-currencies",
      message: `One account can't sum ${currencies.join(", ")}`,
      next: "Trade symbols of one quote currency in a world.",
    });
  for (const { symbol, lot, tick } of found) {
    requireNumber(`lot of ${symbol}`, lot, lot >= 0);
    requireNumber(`tick of ${symbol}`, tick, tick >= 0);
  }
  return found;
}

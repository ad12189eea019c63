import type { Calendar } from "../data/calendar/calendar.ts";
import { actionFlaw } from "../data/corporate-actions.ts";
import type { Panel } from "../data/panel.ts";
import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import { isCalendarInterval } from "../schema/interval.ts";
import { type Book, createBook } from "./book.ts";
import { type Account, type Broker, createBroker } from "./broker.ts";
import type { Brokerage, Instrument } from "./brokerage.ts";
import { requireNumber } from "./check-brokerage.ts";
import { type Conversion, createConversion } from "./conversion.ts";
import type { MadeSplit, PaidDividend } from "./corporate-action.ts";
import { type Curve, createCurve, createSessionCurve } from "./curve.ts";
import type { DecisionLog, DecisionRule, Desk, TargetOrder } from "./decision-rule.ts";
import type { MarginCall } from "./margin-call.ts";
import { createMarket, type Market } from "./market.ts";
import type { Moment } from "./moment.ts";
import { type BacktestOptions, requireNumbers } from "./options.ts";
import { freeTerms } from "./order-terms.ts";
import { createOrderRule, orderLanes } from "./orders.ts";
import { createPending, type Pending } from "./pending.ts";
import { createInlet, type QuoteInlet } from "./quote-inlet.ts";
import type { Quotes } from "./quotes.ts";
import { createRiskWatch } from "./risk-watch.ts";
import { createSessionClock, type SessionClock } from "./session-clock.ts";
import { hasImpact, type Liquidity, volatilityBefore } from "./slippage.ts";
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
  readonly book: Book;
  readonly brokerage: Brokerage;
  readonly calendar: Calendar;
  /** Counts nights, where something depends on them. */
  readonly clock: SessionClock | undefined;
  /** Splits and dividends by symbol; empty where no symbol has any. */
  readonly actions: readonly (readonly CorporateAction[])[];
  /** Where bars come in, by symbol; absent unless they are added. */
  readonly inlets: readonly QuoteInlet[] | undefined;
  readonly actionCursor: Int32Array;
  readonly splits: MadeSplit[];
  readonly dividends: PaidDividend[];
  /** Where symbols are quoted in other currencies than the account's. */
  readonly conversion: Conversion | undefined;
  readonly calls: MarginCall[];
  readonly called: Uint8Array;
  /** Units that the account may still trade in the bar of `roomBar`. */
  readonly room: Float64Array;
  readonly roomBar: Int32Array;
  readonly log: DecisionLog;
  readonly now: Moment;
  readonly rule: DecisionRule;
  readonly desk: Desk;
  /** The orders of targets are those of {@link Pending}. */
  readonly plainTargets: boolean;
  /** Nothing is decided before this stamp. */
  readonly from: number;
  /** Symbols that decisions have begun for. */
  readonly arrived: Uint8Array;
  readonly curve: Curve;
  readonly stale: StaleWatch;
  /** Stamp of each symbol's last price; `NaN` before it. */
  readonly pricedAt: Float64Array;
  /** Place of that stamp in the clock. */
  readonly pricedIndex: Int32Array;
  /** The bar of each symbol that comes next, and its stamp; infinite after the last. */
  readonly cursor: Int32Array;
  readonly next: Float64Array;
  /** Symbols whose last bar is there: of data that is whole, all of them. */
  readonly final: Uint8Array;
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
  const n = symbols.length;
  const { market = createMarket(panel, options.calendar) } = options;
  const { growing = false } = options;
  const quotes = symbols.map((symbol) => (growing ? { ...market.quotes(symbol) } : market.quotes(symbol)));
  requireVolume(brokerage, panel, quotes);
  const conversion = createConversion(instruments, options.rates ?? []);
  const broker = createBroker({
    brokerage,
    instruments,
    equity: options.equity,
    now,
    conversion,
    liquidity: (s, bar, quantity) => liquidityAt(brokerage, quotes[s]!, bar, quantity),
  });
  const pending = createPending(n);
  const book = createBook(n);
  const log: DecisionLog = {
    decisions: 0,
    undecided: 0,
    conflicts: 0,
    first: Number.NaN,
    rejected: [],
    partial: new Int32Array(n),
    expired: new Int32Array(n),
    expiredQuantity: new Float64Array(n),
  };
  const called = new Uint8Array(n);
  const desk: Desk = {
    instruments,
    account: broker.account,
    pending,
    book,
    target: targetOrderOf(brokerage),
    called,
    log,
    now,
    terms: freeTerms((options.share ?? 1) * (options.scale ?? 1)),
    watch: options.watch
      ? createRiskWatch({ symbols: n, calendar: options.calendar, interval: panel.interval })
      : undefined,
    orders: options.orders,
  };
  const targetRule =
    decision.kind === "orders"
      ? undefined
      : createTargetRule(desk, {
          kind: decision.kind,
          lanes: symbols.map((symbol) => targets!.get(symbol)!),
          act: brokerage.act,
        });
  const next = new Float64Array(n);
  let upcoming = Number.POSITIVE_INFINITY;
  for (const [s, { stamps }] of quotes.entries()) {
    next[s] = stamps[0] ?? Number.POSITIVE_INFINITY;
    upcoming = Math.min(upcoming, next[s]!);
  }
  const pricedAt = new Float64Array(n).fill(Number.NaN);
  const pricedIndex = new Int32Array(n);
  const actions = growing ? symbols.map((symbol) => [...requireActions(panel, symbol)]) : actionsOf(panel, symbols);
  const nights =
    brokerage.borrow !== undefined ||
    brokerage.interest !== undefined ||
    brokerage.settlement !== undefined ||
    instruments.some(({ borrowRate }) => borrowRate !== undefined);
  const run: Run = {
    panel,
    market,
    quotes,
    instruments,
    equity: options.equity,
    broker,
    account: broker.account,
    pending,
    book,
    brokerage,
    calendar: options.calendar,
    clock: nights ? createSessionClock(options.calendar) : undefined,
    actions,
    inlets: growing ? quotes.map(createInlet) : undefined,
    actionCursor: new Int32Array(n),
    splits: [],
    dividends: [],
    conversion,
    calls: [],
    called,
    room: new Float64Array(n),
    roomBar: new Int32Array(n).fill(-1),
    log,
    now,
    rule:
      targetRule ??
      createOrderRule(
        desk,
        symbols.map((symbol) => orders!.get(symbol)!),
      ),
    desk,
    plainTargets: targetRule !== undefined && desk.target === undefined,
    from: options.from ?? Number.NEGATIVE_INFINITY,
    arrived: new Uint8Array(n),
    curve: curveOf(options, market, symbols),
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
    cursor: new Int32Array(n),
    next,
    final: new Uint8Array(n).fill(growing ? 0 : 1),
    ending: [],
    ended: [],
    unfilled: [],
    gaps: 0,
    upcoming,
    stamps: 0,
    lastStamp: Number.NaN,
    lastKept: -1,
    ruined: Number.NaN,
  };
  return { run, targets: targetRule };
}

/** Nothing happens to the account but plain orders of targets, and their prices. */
export function isPlain({ clock, actions, brokerage, conversion, desk }: Run): boolean {
  const own = clock === undefined && conversion === undefined && desk.watch === undefined && actions.length === 0;
  return own && targetOrderOf(brokerage) === undefined;
}

/** Undefined where the orders of targets are market orders for the next open that get all they want. */
function targetOrderOf({ fill, timeInForce, volumeCap, margin }: Brokerage): TargetOrder | undefined {
  // With margin they share a settlement with what a margin call closes.
  const plain = fill === "next-open" && timeInForce === undefined && volumeCap === undefined && margin === undefined;
  if (plain) return undefined;
  return { fill, timeInForce: timeInForce ?? "gtc" };
}

function liquidityAt(
  { slippage }: Brokerage,
  { volume, mark, origin }: Quotes,
  bar: number,
  quantity: number,
): Liquidity {
  return {
    quantity,
    volume: volume?.[bar - origin] ?? Number.NaN,
    volatility: slippage.kind === "square-root" ? volatilityBefore(mark, bar - origin, slippage.window) : Number.NaN,
  };
}

/** What asks for volume must have it, and a book's spread is in its prices already. */
function requireVolume({ volumeCap, slippage }: Brokerage, panel: Panel, quotes: readonly Quotes[]): void {
  const [first] = quotes;
  if (first === undefined) return;
  const capped = volumeCap?.share !== undefined;
  if ((capped || hasImpact(slippage)) && first.volume === undefined)
    throw new QmtlError({
      code: "backtest.no-volume",
      message: `${capped ? "The volume cap" : `Slippage by ${slippage.kind}`} needs a volume, and schema ${panel.schema.id} has none`,
      place: { preset: panel.preset },
      next: "Fill orders from a stream with an f64 column volume, or cap units and choose another slippage.",
    });
  if (slippage.kind === "spread" && first.buy !== first.sell)
    throw new QmtlError({
      code: "backtest.double-spread",
      message: `Schema ${panel.schema.id} is bought at the ask and sold at the bid, so slippage by spread would charge it twice`,
      place: { preset: panel.preset },
      next: "Choose another slippage for this stream, or none.",
    });
}

/** @throws `backtest.invalid-action` */
function actionsOf(panel: Panel, symbols: readonly string[]): readonly (readonly CorporateAction[])[] {
  const of = symbols.map((symbol) => requireActions(panel, symbol));
  return of.some((actions) => actions.length > 0) ? of : [];
}

function requireActions(panel: Panel, symbol: string): readonly CorporateAction[] {
  const { actions = [] } = panel.series.find((series) => series.symbol === symbol) ?? {};
  return checkedActions({ preset: panel.preset, symbol }, actions, undefined);
}

/** @param last the action that stands before them @throws `backtest.invalid-action` */
export function checkedActions(
  place: { readonly preset: string; readonly symbol: string },
  actions: readonly CorporateAction[],
  last: CorporateAction | undefined,
): readonly CorporateAction[] {
  for (const [i, action] of actions.entries()) {
    const flaw = actionFlaw(action, actions[i - 1] ?? last);
    if (flaw === undefined) continue;
    throw new QmtlError({
      code: "backtest.invalid-action",
      message: `The ${action.kind} ${i + 1} of ${place.symbol} can't be: ${flaw}`,
      place,
      class: "failed",
      next: "Correct the provider's corporate actions.",
    });
  }
  return actions;
}

function curveOf({ points, growing, panel, calendar }: BacktestOptions, market: Market, symbols: readonly string[]) {
  if (points === "bars") return createCurve(undefined);
  return growing && !isCalendarInterval(panel.interval)
    ? createSessionCurve(calendar)
    : createCurve(market.sessionPlaces(symbols));
}

/** Where the next bar of a symbol stands in its quotes. */
export function placeOf({ cursor, quotes }: Run, s: number): number {
  return cursor[s]! - quotes[s]!.origin;
}

/** In the universe's order. */
function tradedSymbols(panel: Panel, decided: readonly string[]): readonly string[] {
  const unpriced = new Set(decided);
  const priced: string[] = [];
  for (const { symbol } of panel.series) if (unpriced.delete(symbol)) priced.push(symbol);
  if (unpriced.size === 0) return priced;
  const known = panel.series.map(({ symbol }) => symbol);
  throw new QmtlError({
    code: "backtest.no-prices",
    message: `No prices for ${[...unpriced].join(", ")}: orders fill from preset ${panel.preset}, which has ${known.join(", ") || "no symbol"}`,
    place: { preset: panel.preset, symbol: [...unpriced][0]! },
    next: "Decide only for symbols of the stream that prices the orders, or let one stream select all of them.",
  });
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
  for (const { symbol, lot, tick, borrowRate = 0 } of found) {
    requireNumber(`lot of ${symbol}`, lot, lot >= 0);
    requireNumber(`tick of ${symbol}`, tick, tick >= 0);
    requireNumber(`borrow rate of ${symbol}`, borrowRate, borrowRate >= 0);
  }
  return found;
}

import type { EvaluationSeries } from "../backtest/returns.ts";
import { sessionCosts } from "../backtest/session-costs.ts";
import { sessionPrices } from "../backtest/session-prices.ts";
import { type Trades, tradeRecords } from "../backtest/trade-table.ts";
import { tradesTableOf } from "../backtest/trades.ts";
import type { GuardReport } from "../guards/report.ts";
import type { TradeRecord } from "../plugin/contract/evaluator.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { PlainPanel, RunOutcome } from "./executor.ts";

/** Of the stored bytes. There is one: runs of another are not read. */
const FORMAT = 3;

/** What is kept of a run: all that later decisions judge it by, and that a report shows. Equal EvalKeys have equal bytes. */
export interface StoredRun {
  readonly format: typeof FORMAT;
  readonly evidence: "backtest" | "declared";
  /** What an evaluation period is: a session, or a longer bar. */
  readonly period: Interval;
  /** Of the first decision bar, with the starting equity: ms UTC. `null` where it is unknown. */
  readonly start: number | null;
  /** Ends of the evaluation periods, ms UTC. */
  readonly times: readonly (number | null)[];
  /** One more than `times`. */
  readonly equity: readonly number[];
  readonly returns: readonly (number | null)[];
  /** `null` where it is unknown. */
  readonly exposure: readonly (number | null)[];
  readonly periodsPerYear: number;
  /** `null` where it is unknown. */
  readonly turnover: number | null;
  readonly trades: readonly TradeRecord[];
  readonly fees: number;
  readonly slippage: number;
  /** What holding cost and brought in the whole run: borrow paid, interest and dividends received less paid. */
  readonly holding: { readonly borrow: number; readonly interest: number; readonly dividends: number };
  /** Fees and slippage by evaluation period, account currency. Fills after the last complete period are in the sums only. */
  readonly costs: { readonly fees: readonly number[]; readonly slippage: readonly number[] };
  /** Closes at `times` of the symbols with the most traded value; `null` before a symbol's first price. */
  readonly prices: readonly { readonly symbol: string; readonly closes: readonly (number | null)[] }[];
  /** Sentences about what a reader should know: cuts, stale marks, ended symbols. */
  readonly notes: readonly string[];
  /** `null` where nothing was guarded: the returns were declared, or they are those of a trial that is no candidate. */
  readonly guards: GuardReport | null;
  readonly computed: { readonly nodes: number; readonly rows: number };
}

/** A run as it is judged, which takes its trades in either form. */
export interface JudgedRun extends Omit<StoredRun, "trades"> {
  readonly trades: Trades;
}

/** @param prices the panel whose prices filled the orders */
export function storeOutcome(
  outcome: RunOutcome,
  prices: Pick<PlainPanel, "preset" | "schema" | "series">,
  guards: GuardReport,
): StoredRun {
  const run = judgedOutcome(outcome, prices, guards);
  return { ...run, trades: tradeRecords(run.trades) };
}

/** @param prices the panel whose prices filled the orders; `null` for a run that is judged and not kept */
export function judgedOutcome(
  { result, sessions, periodsPerYear, counters }: RunOutcome,
  prices: Pick<PlainPanel, "preset" | "schema" | "series"> | null = null,
  guards: GuardReport | null = null,
): JudgedRun {
  const costs = sessionCosts(result.fills, sessions.times);
  const closes = prices === null ? [] : sessionPrices(prices, result, sessions.times);
  return {
    format: FORMAT,
    evidence: "backtest",
    period: sessions.period,
    start: result.times[0] ?? null,
    times: [...sessions.times],
    equity: [...sessions.equity],
    returns: [...sessions.returns],
    exposure: [...sessions.exposure],
    periodsPerYear,
    turnover: turnoverOf(result.traded, sessions.equity),
    trades: tradesTableOf(result),
    fees: result.costs.fees,
    slippage: result.costs.slippage,
    holding: {
      borrow: result.costs.borrow,
      interest: result.costs.interest,
      dividends: result.costs.dividends,
    },
    costs: { fees: [...costs.fees], slippage: [...costs.slippage] },
    prices: closes.map(({ symbol, closes: all }) => ({
      symbol,
      closes: Array.from(all, (close) => (Number.isNaN(close) ? null : close)),
    })),
    notes: notesOf(result, sessions.ruined),
    guards,
    computed: { nodes: counters.nodes, rows: counters.rows },
  };
}

/** Returns that the author declares: nothing is known of how they came about, or when. */
export function storeDeclared({ equity, returns }: EvaluationSeries, periodsPerYear: number): StoredRun {
  const unknown = Array.from(returns, () => null);
  return {
    format: FORMAT,
    evidence: "declared",
    period: "1d",
    start: null,
    times: unknown,
    equity: [...equity],
    returns: [...returns],
    exposure: unknown,
    periodsPerYear,
    turnover: null,
    trades: [],
    fees: 0,
    slippage: 0,
    holding: { borrow: 0, interest: 0, dividends: 0 },
    costs: { fees: [], slippage: [] },
    prices: [],
    notes: ["The returns were declared, not derived: times, trades, exposure and costs are unknown."],
    guards: null,
    computed: { nodes: 0, rows: 0 },
  };
}

export function encodeRun(run: StoredRun): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(run));
}

/** @throws `runner.unreadable-run` for another format */
export function decodeRun(bytes: Uint8Array, evalKey: string): StoredRun {
  const run = JSON.parse(new TextDecoder().decode(bytes)) as StoredRun;
  const format: unknown = run.format;
  if (format === FORMAT) return run;
  const newer = typeof format === "number" && format > FORMAT;
  throw new QmtlError({
    code: "runner.unreadable-run",
    message: `The stored run of ${evalKey.slice(0, 16)} has format ${String(format)}, and this version reads ${FORMAT}`,
    next: newer
      ? "Update QMTL: a newer version has stored it."
      : "An earlier QMTL stored it. Submit to a world with a new id, or move the project's storage away and submit again.",
    class: "failed",
  });
}

/** Traded notional over the mean of the sampled equity. */
function turnoverOf(traded: number, equity: Float64Array): number {
  return traded === 0 ? 0 : traded / (equity.reduce((sum, value) => sum + value, 0) / equity.length);
}

function notesOf(result: RunOutcome["result"], ruined: boolean): string[] {
  const { counters, positions, ruined: at } = result;
  const notes: string[] = [];
  if (ruined && at !== undefined)
    notes.push(`Equity reached zero at ${iso(at)}: everything was sold and trading ended.`);
  for (const { symbol, orders, quantity } of counters.cuts)
    notes.push(
      `${symbol}: ${orders} order${plural(orders)} cut to what the account could pay, ${plain(quantity)} units left out.`,
    );
  for (const { symbol, fills } of counters.partial)
    notes.push(`${symbol}: ${fills} fill${plural(fills)} left something over, for the bar had no more volume.`);
  for (const { symbol, orders, quantity } of counters.expired)
    notes.push(
      `${symbol}: the time of ${orders} order${plural(orders)} was up with ${plain(quantity)} units still wanted.`,
    );
  for (const [reason, says] of Object.entries(REFUSED)) {
    const refused = counters.rejected.filter((one) => one.reason === reason);
    const [first] = refused;
    if (first !== undefined)
      notes.push(
        `${refused.length} order${plural(refused.length)} refused, ${says}: first ${first.symbol} on ${iso(first.time)}.`,
      );
  }
  for (const { time, equity, required } of counters.marginCalls)
    notes.push(
      `Margin call on ${iso(time)}: equity of ${plain(equity)} was below the ${plain(required)} that the positions need, and everything was sold.`,
    );
  for (const { symbol, time, ratio, before, after, cash } of result.splits)
    notes.push(
      `${symbol}: a split of ${plain(ratio)} for one on ${iso(time)} made ${plain(after)} units of ${plain(before)}${cash === 0 ? "" : `, and ${plain(cash)} in cash`}.`,
    );
  for (const [name, amount] of Object.entries({
    "Borrowing cost": result.costs.borrow,
    "Interest came to": result.costs.interest,
    "Dividends came to": result.costs.dividends,
  }))
    if (amount !== 0) notes.push(`${name} ${plain(amount)}; no trade's profit contains it.`);
  for (const { symbol, since } of counters.stale)
    notes.push(`${symbol}: held without a price since ${iso(since)}; its mark is stale.`);
  for (const { symbol, time, price } of counters.ended)
    notes.push(`${symbol}: had no bar any more and was closed on ${iso(time)} at its last close of ${plain(price)}.`);
  for (const { symbol, decided } of counters.unfilled)
    notes.push(`${symbol}: the order of ${iso(decided)} found no later bar.`);
  if (counters.undecided > 0)
    notes.push(`${counters.undecided} decision${plural(counters.undecided)} held no value; what was held was kept.`);
  if (counters.conflicts > 0)
    notes.push(
      `${counters.conflicts} bar${plural(counters.conflicts)} wanted to enter both sides; neither was entered.`,
    );
  if (counters.gaps > 0)
    notes.push(`${counters.gaps} bar${plural(counters.gaps)} of traded symbols had no price; orders waited.`);
  if (positions.length > 0)
    notes.push(
      `Open at the end, marked and not closed: ${positions.map(({ symbol, quantity }) => `${symbol} ${plain(quantity)}`).join(", ")}.`,
    );
  return notes;
}

const REFUSED = {
  "not-shortable": "for nobody lends the symbol",
  "margin-call": "for the account was being closed",
} as const satisfies Readonly<Record<RunOutcome["result"]["counters"]["rejected"][number]["reason"], string>>;

function plural(count: number): string {
  return count === 1 ? "" : "s";
}

/** Without the dust of binary fractions: 56.9971, not 56.99709999999998. */
function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

import { isProtective } from "./book.ts";
import { equityOf, exposureOf } from "./broker.ts";
import { loggedFills } from "./fill-log.ts";
import { NOTHING } from "./pending.ts";
import type { BacktestCounters, BacktestResult, Position } from "./result.ts";
import type { Run } from "./run.ts";

/** The result of a run as it stands; nothing in it changes when the run goes on. */
export function resultOf(run: Run): BacktestResult {
  const { account, log, panel } = run;
  const symbols = run.quotes.map(({ symbol }) => symbol);
  const { times, equity, exposure } = pointsOf(run);
  const fills = loggedFills(account.fills);
  return {
    interval: panel.interval,
    symbols,
    times,
    equity,
    exposure,
    initialEquity: run.equity,
    finalEquity: equity.at(-1) ?? run.equity,
    cash: account.cash,
    get fills() {
      return fills();
    },
    positions: positions(run),
    counters: counters(run),
    costs: {
      fees: account.fees,
      slippage: account.slippage,
      borrow: account.borrow,
      interest: account.interest,
      dividends: account.dividends,
    },
    splits: run.splits.slice(),
    dividends: run.dividends.slice(),
    traded: account.traded,
    firstDecision: Number.isNaN(log.first) ? undefined : log.first,
    ruined: Number.isNaN(run.ruined) ? undefined : run.ruined,
  };
}

function positions({ account, quotes, cursor }: Run): readonly Position[] {
  const held: Position[] = [];
  for (const [s, { symbol }] of quotes.entries()) {
    const quantity = account.quantity[s]!;
    if (quantity === 0) continue;
    const averageCost = account.averageCost[s]!;
    const mark = account.mark[s]!;
    const unrealized = quantity * (mark - averageCost);
    held.push({ symbol, quantity, averageCost, mark, bar: cursor[s]! - 1, unrealized });
  }
  return held;
}

function counters(run: Run): BacktestCounters {
  const { account, log, pending, book, quotes } = run;
  const cuts: Mutable<BacktestCounters["cuts"]> = [];
  const partial: Mutable<BacktestCounters["partial"]> = [];
  const expired: Mutable<BacktestCounters["expired"]> = [];
  const waiting: Mutable<BacktestCounters["unfilled"]> = [];
  const working: Mutable<BacktestCounters["unfilled"]> = [];
  for (const [s, { symbol }] of quotes.entries()) {
    const held = account.quantity[s]!;
    if (account.cutOrders[s]! > 0)
      cuts.push({ symbol, orders: account.cutOrders[s]!, quantity: account.cutQuantity[s]! });
    if (log.partial[s]! > 0) partial.push({ symbol, fills: log.partial[s]! });
    if (log.expired[s]! > 0) expired.push({ symbol, orders: log.expired[s]!, quantity: log.expiredQuantity[s]! });
    if (pending.kind[s] !== NOTHING)
      waiting.push({ symbol, decided: pending.decided[s]!, quantity: pending.to[s]! - held });
    for (const orders of [book.entries[s]!, book.exits[s]!])
      for (const order of orders)
        if (!isProtective(order)) working.push({ symbol, decided: order.decided, quantity: order.to - held });
  }
  return {
    decisions: log.decisions,
    undecided: log.undecided,
    conflicts: log.conflicts,
    entries: account.entries,
    gaps: run.gaps,
    cuts,
    partial,
    expired,
    rejected: log.rejected.slice(),
    marginCalls: run.calls.slice(),
    stale: run.stale.found.slice(),
    ended: run.ended.slice(),
    unfilled: [...run.unfilled, ...waiting, ...working],
  };
}

type Mutable<T extends readonly unknown[]> = T[number][];

/** The points so far, and how things stand now. */
function pointsOf({
  curve,
  log,
  account,
  stamps,
  lastStamp,
  lastKept,
}: Run): Pick<BacktestResult, "times" | "equity" | "exposure"> {
  const { length } = curve;
  const more = Number.isNaN(log.first) || lastKept === stamps - 1 ? 0 : 1;
  const times = new Float64Array(length + more);
  const equity = new Float64Array(length + more);
  const exposure = new Float64Array(length + more);
  times.set(curve.times.subarray(0, length));
  equity.set(curve.equity.subarray(0, length));
  exposure.set(curve.exposure.subarray(0, length));
  if (more > 0) {
    times[length] = lastStamp;
    equity[length] = equityOf(account);
    exposure[length] = exposureOf(account, equity[length]!);
  }
  return { times, equity, exposure };
}

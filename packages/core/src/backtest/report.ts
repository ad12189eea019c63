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
  return quotes.flatMap(({ symbol }, s) => {
    const quantity = account.quantity[s]!;
    if (quantity === 0) return [];
    const averageCost = account.averageCost[s]!;
    const mark = account.mark[s]!;
    return [{ symbol, quantity, averageCost, mark, bar: cursor[s]! - 1, unrealized: quantity * (mark - averageCost) }];
  });
}

function counters(run: Run): BacktestCounters {
  const { account, log, pending, book, quotes } = run;
  const symbols = quotes.map(({ symbol }, s) => ({ symbol, s }));
  return {
    decisions: log.decisions,
    undecided: log.undecided,
    conflicts: log.conflicts,
    entries: account.entries,
    gaps: run.gaps,
    cuts: symbols
      .filter(({ s }) => account.cutOrders[s]! > 0)
      .map(({ symbol, s }) => ({ symbol, orders: account.cutOrders[s]!, quantity: account.cutQuantity[s]! })),
    partial: symbols
      .filter(({ s }) => log.partial[s]! > 0)
      .map(({ symbol, s }) => ({ symbol, fills: log.partial[s]! })),
    expired: symbols
      .filter(({ s }) => log.expired[s]! > 0)
      .map(({ symbol, s }) => ({ symbol, orders: log.expired[s]!, quantity: log.expiredQuantity[s]! })),
    rejected: log.rejected.slice(),
    marginCalls: run.calls.slice(),
    stale: run.stale.found.slice(),
    ended: run.ended.slice(),
    unfilled: [
      ...run.unfilled,
      ...symbols
        .filter(({ s }) => pending.kind[s] !== NOTHING)
        .map(({ symbol, s }) => ({
          symbol,
          decided: pending.decided[s]!,
          quantity: pending.to[s]! - account.quantity[s]!,
        })),
      ...symbols.flatMap(({ symbol, s }) =>
        [...book.entries[s]!, ...book.exits[s]!]
          .filter((order) => !isProtective(order))
          .map(({ decided, to }) => ({ symbol, decided, quantity: to - account.quantity[s]! })),
      ),
    ],
  };
}

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

import { type Fill, fillAt } from "../../backtest/fill-log.ts";
import type { OrderEvent } from "../../backtest/order-log.ts";
import type { OrderTerms } from "../../backtest/order-terms.ts";
import type { Leg, LegOutcome } from "../../backtest/rebalance.ts";
import { ratesOf } from "../../data/currency-rates.ts";
import type { AddedRows } from "../../data/panel.ts";
import type { FxPreset } from "../../data/preset.ts";
import type { KnownNode } from "../../engine/execution.ts";
import type { RunJob } from "../executor.ts";
import type { BuiltStrategy } from "../inspect.ts";
import { createReplay } from "../replay.ts";
import type { AccountStanding, EndedPeriod } from "./account-record.ts";

/** What an account is opened on, as plain data. */
export interface AccountJob extends RunJob {
  /** The first bar that is decided on: what is before only warms up. Absent: the first of each symbol. */
  readonly from?: number;
  /** Symbols that have no bar after those of the history. */
  readonly ended: readonly string[];
  /** Cells of first rows that were computed before; see `ExecutionOptions.begun`. */
  readonly begun?: ReadonlyMap<number, KnownNode>;
  /** Panels that are rates of a currency, by node: below 0. */
  readonly fx: readonly AccountRates[];
}

export interface AccountRates extends Pick<FxPreset, "currency" | "column"> {
  readonly node: number;
}

/** Bars to trade. */
export interface AccountStep {
  /** Rows that follow those that are there already, by index of the stream's node. */
  readonly rows: ReadonlyMap<number, AddedRows>;
  /** Symbols that have no bar after these. */
  readonly ended: readonly string[];
  /** All streams are complete up to it. */
  readonly to: number;
  readonly terms: OrderTerms;
}

/** What came of it. Orders, fills and periods are those since the last call. */
export interface AccountProgress {
  readonly orders: readonly OrderEvent[];
  readonly fills: readonly Fill[];
  readonly periods: readonly EndedPeriod[];
  readonly standing: AccountStanding;
}

/** What came of the legs of a rebalancing, in their order. */
export interface AccountRebalance extends AccountProgress {
  readonly legs: readonly LegOutcome[];
}

/** A strategy at work on bars that come in: the graph and the account of a backtest, bar by bar. */
export interface PaperAccount {
  /** @throws as `Replay.append` and `Replay.advance` */
  trade(step: AccountStep): AccountProgress;
  /** Takes back every order that waits, but for what protects a position. */
  cancel(): AccountProgress;
  /** Places orders from outside of the decision after the last bar, under its terms: they fill in the next. */
  rebalance(legs: readonly Leg[]): AccountRebalance;
}

/**
 * Pure and synchronous: equal bars under equal terms give equal accounts, whether they come one by one or at once.
 *
 * @example
 * const account = createPaperAccount(inspectStrategy(strategy, { runId: "r" }), job);
 * const { orders, fills } = account.trade({ rows: new Map(), ended: [], to: firstBar, terms: freeTerms(1) });
 */
export function createPaperAccount(
  built: BuiltStrategy,
  { from, ended, fx, begun, ...job }: AccountJob,
  progress?: Int32Array,
): PaperAccount {
  const orders: OrderEvent[] = [];
  const rates = (rows: ReadonlyMap<number, AddedRows>) =>
    fx.flatMap((one) => (rows.get(one.node)?.series ?? []).map((series) => ratesOf(one, series)));
  const streams = <T>(of: ReadonlyMap<number, T>) => new Map([...of].filter(([node]) => node >= 0));
  const given = { ...job, panels: streams(job.panels), rates: rates(job.panels) };
  const replay = createReplay(built, given, {
    growing: true,
    orders,
    watch: true,
    ...(from !== undefined && { from }),
    ...(begun !== undefined && { begun }),
    ...(progress !== undefined && { progress }),
  });
  replay.append(new Map(), { ended });
  let told = { fills: 0, periods: 0 };
  const report = (): AccountProgress => {
    const { result, sessions } = replay.outcome();
    const fills = Array.from(result.fills.time.subarray(told.fills), (_, i) => fillAt(result, told.fills + i));
    const periods = Array.from(sessions.times.subarray(told.periods), (end, i) => ({
      end,
      return: sessions.returns[told.periods + i]!,
      equity: sessions.equity[told.periods + i + 1]!,
    }));
    told = { fills: result.fills.time.length, periods: sessions.times.length };
    return {
      orders: orders.splice(0),
      fills,
      periods,
      standing: {
        equity: result.finalEquity,
        cash: result.cash,
        exposure: result.exposure.at(-1) ?? 0,
        positions: result.positions.map(({ symbol, quantity, averageCost, mark }) => ({
          symbol,
          quantity,
          averageCost,
          mark,
        })),
        waiting: replay.waiting(),
      },
    };
  };
  return {
    trade({ rows, ended: over, to, terms }) {
      replay.append(streams(rows), { ended: over, rates: rates(rows) });
      replay.allow(terms);
      replay.advance(to);
      return report();
    },
    cancel() {
      replay.cancel();
      return report();
    },
    rebalance(legs) {
      const outcomes = replay.rebalance(legs);
      return { ...report(), legs: outcomes };
    },
  };
}

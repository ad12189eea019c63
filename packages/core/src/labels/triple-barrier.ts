import { QmtlError } from "../schema/error.ts";
import { type BarrierSide, requirePositive, requireSide } from "./barriers.ts";

/** What ends a trade: gain, loss, or time. */
export type BarrierOutcome = "profit" | "loss" | "timeout";

export interface TripleBarrier {
  readonly side: BarrierSide;
  /** Returns that end the trade, both without a sign: 0.02 is two percent. */
  readonly profit: number;
  readonly loss: number;
  /** Bars after which the trade ends by itself; without them it ends at a barrier only. */
  readonly bars?: number;
  /** What entry and exit cost together, as a return. Barriers are met by what is left. */
  readonly cost?: number;
}

export interface BarrierTouch {
  /** Bars after the entry: the outcome is known at the close of that bar, and not before. */
  readonly bar: number;
  readonly outcome: BarrierOutcome;
  /** The barrier that the return before costs meets on that bar. */
  readonly beforeCosts: "profit" | "loss" | undefined;
  readonly gross: number;
  readonly net: number;
  /** A loss that costs alone made one. */
  readonly byCosts: boolean;
}

/**
 * Which barrier the closes after an entry meet first (López de Prado 2018, "Advances in Financial Machine Learning", section 3.3): on each
 * bar the return net of costs is held against profit, then loss, then the number of bars. A close that is no number meets no barrier, but
 * counts as a bar.
 *
 * @param entry the price of the entry
 * @param closes those of the bars after it
 * @returns undefined while no barrier has been met
 * @throws `labels.invalid-barrier`
 * @example
 * firstTouch(100, [101, 102.5], { side: "long", profit: 0.02, loss: 0.01 }); // bar 2, profit
 */
export function firstTouch(entry: number, closes: Iterable<number>, of: TripleBarrier): BarrierTouch | undefined {
  requirePositive(entry, "entry");
  const barriers = requireBarriers(of);
  let bar = 0;
  let last = entry;
  for (const close of closes) {
    bar++;
    if (Number.isFinite(close)) last = close;
    const touch = touchAt(bar, entry, close, last, barriers);
    if (touch !== undefined) return touch;
  }
  return undefined;
}

interface Checked {
  readonly sign: 1 | -1;
  readonly profit: number;
  readonly loss: number;
  readonly bars: number;
  readonly cost: number;
}

function touchAt(
  bar: number,
  entry: number,
  close: number,
  last: number,
  { sign, profit, loss, bars, cost }: Checked,
): BarrierTouch | undefined {
  const outcomeOf = (value: number) => (value >= profit ? "profit" : value <= -loss ? "loss" : undefined);
  const timeout = bar >= bars;
  // The time is up on a bar without a close too; the trade is worth its last one then.
  if (!timeout && !Number.isFinite(close)) return undefined;
  const gross = (sign * (last - entry)) / entry;
  const net = gross - cost;
  const outcome = outcomeOf(net) ?? (timeout ? "timeout" : undefined);
  if (outcome === undefined) return undefined;
  const beforeCosts = outcomeOf(gross);
  return { bar, outcome, beforeCosts, gross, net, byCosts: outcome === "loss" && beforeCosts !== "loss" };
}

function requireBarriers({ side, profit, loss, bars, cost = 0 }: TripleBarrier): Checked {
  if (bars !== undefined && !(Number.isInteger(bars) && bars >= 1))
    throw new QmtlError({
      code: "labels.invalid-barrier",
      message: `A trade ends after ${String(bars)} bars`,
      next: "Use a whole number of bars, 1 or more, or leave it out.",
    });
  if (!(cost >= 0 && cost < Number.POSITIVE_INFINITY))
    throw new QmtlError({
      code: "labels.invalid-barrier",
      message: `A trade costs ${String(cost)}`,
      next: "Use a finite return of 0 or more.",
    });
  return {
    sign: requireSide(side) === "long" ? 1 : -1,
    profit: requirePositive(profit, "profit"),
    loss: requirePositive(loss, "loss"),
    bars: bars ?? Number.POSITIVE_INFINITY,
    cost,
  };
}

/** Labels by row. All three tell of row t something that is known only at row `known[t]`. */
export interface BarrierLabels {
  /** 1 for profit, -1 for loss, 0 for a timeout; NaN where no barrier was met before the data end. */
  readonly outcome: Float64Array;
  /** The return net of costs at the touch; NaN likewise. */
  readonly net: Float64Array;
  /** The row at whose close the label is known; -1 likewise. */
  readonly known: Int32Array;
}

/** Barriers in multiples of each row's volatility. */
export interface ScaledBarriers extends TripleBarrier {
  readonly bars: number;
}

const SIDES: Readonly<Record<BarrierOutcome, number>> = { profit: 1, loss: -1, timeout: 0 };

/**
 * Triple-barrier labels of every row of a column: the trade that is entered at its close, with `profit` and `loss` in multiples of the
 * volatility of that row. They look ahead by definition: a row may be used for training only from `known` on, and rows whose spans
 * overlap a test set have to be purged from its training set.
 *
 * A row without a close above 0, or without a volatility above 0, has no label.
 *
 * @throws `labels.invalid-barrier`, `labels.different-length`
 */
export function barrierLabels(closes: Float64Array, volatility: Float64Array, of: ScaledBarriers): BarrierLabels {
  const rows = closes.length;
  if (volatility.length !== rows)
    throw new QmtlError({
      code: "labels.different-length",
      message: `There are ${rows} closes and ${volatility.length} volatilities`,
      next: "Pass two columns of the same rows.",
    });
  const multiples = requireBarriers(of);
  const outcome = new Float64Array(rows).fill(Number.NaN);
  const net = new Float64Array(rows).fill(Number.NaN);
  const known = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    const entry = closes[row]!;
    const sigma = volatility[row]!;
    if (!(entry > 0 && entry < Number.POSITIVE_INFINITY && sigma > 0 && sigma < Number.POSITIVE_INFINITY)) continue;
    const barriers = { ...multiples, profit: multiples.profit * sigma, loss: multiples.loss * sigma };
    let last = entry;
    for (let at = row + 1; at < rows && at - row <= of.bars; at++) {
      const close = closes[at]!;
      if (Number.isFinite(close)) last = close;
      const touch = touchAt(at - row, entry, close, last, barriers);
      if (touch === undefined) continue;
      outcome[row] = SIDES[touch.outcome];
      net[row] = touch.net;
      known[row] = at;
      break;
    }
  }
  return { outcome, net, known };
}

import { type Categorical, categorical, type F64, fraction } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Label, Period } from "./column.ts";
import { requireBars, requireFinite } from "./count.ts";
import { requireUnit } from "./decision.ts";
import { columnOf, commonClock, type Draft, type DraftInput, labelHandle } from "./handle.ts";
import { refuseUnknownKeys, requireWord } from "./option.ts";

/** The return from this bar's close to `bars` bars later. */
export function forwardReturn<I extends Interval, const N extends number>(
  close: Column<F64<"price">, I>,
  bars: Period<N>,
): Label<F64<"fraction">, I> {
  const from = columnOf(close, "What forwardReturn() reads");
  const draft: Draft = {
    node: {
      kind: "label",
      label: "forward-return",
      bars: requireBars(bars, "The bars of forwardReturn()", 1),
      output: { value: fraction },
      interval: from.draft.node.interval,
      scope: from.draft.node.scope,
    },
    inputs: [{ name: "close", read: { kind: "column", from } }],
  };
  return labelHandle(draft, "value") as unknown as Label<F64<"fraction">, I>;
}

/** Barriers of a trade that is entered at the close of each bar. */
export interface BarrierSpec<I extends Interval, N extends number> {
  /** The measure of both barriers, for example {@link historicalVolatility} of the close. */
  readonly volatility: Column<F64<"fraction">, I>;
  /** Multiples of the volatility. */
  readonly profit: number;
  readonly loss: number;
  /** Bars after which the trade ends by itself. */
  readonly bars: Period<N>;
  /** Default `long`. */
  readonly side?: "long" | "short";
  /** What entry and exit cost together, as a fraction; default 0. */
  readonly cost?: number;
}

/** Both are known at the close of the bar that meets a barrier, `bars` bars later at the latest. */
export interface BarrierLabel<I extends Interval> {
  readonly outcome: Label<Categorical<"loss" | "timeout" | "profit">, I>;
  /** The return net of costs when the trade ends. */
  readonly net: Label<F64<"fraction">, I>;
}

/** In this order the codes ascend with the outcome. */
const OUTCOMES = categorical(["loss", "timeout", "profit"]);

/**
 * Which barrier a trade meets first, gain, loss or time (López de Prado 2018, "Advances in Financial Machine Learning", section 3.3). A
 * label looks ahead by definition: it goes into a dataset, and nodes and decisions refuse it.
 *
 * @throws `strategy.unknown-option`, `strategy.invalid-option`, `strategy.invalid-number`, `strategy.invalid-period`,
 * `strategy.wrong-unit`, `strategy.mixed-intervals`
 * @example
 * const { outcome } = tripleBarrier(bars.close, {
 *   volatility: historicalVolatility(bars.close, 20), profit: 2, loss: 1, bars: 10,
 * });
 * return dataset({ name: "turns", features: { strength: rsi(bars.close, 14) }, labels: { outcome } });
 */
export function tripleBarrier<I extends Interval, const N extends number>(
  close: Column<F64<"price">, I>,
  spec: BarrierSpec<NoInfer<I>, N>,
): BarrierLabel<I> {
  refuseUnknownKeys(spec, ["volatility", "profit", "loss", "bars", "side", "cost"], "tripleBarrier()");
  const { side = "long", cost = 0 } = spec;
  const inputs = [
    { name: "close", read: { kind: "column", from: columnOf(close, "What tripleBarrier() reads") } },
    {
      name: "volatility",
      read: { kind: "column", from: columnOf(spec.volatility, '"volatility" of tripleBarrier()') },
    },
  ] as const satisfies readonly DraftInput[];
  requireUnit(inputs[0].read.from, ["price"], "What tripleBarrier() reads");
  requireUnit(inputs[1].read.from, ["fraction"], '"volatility" of tripleBarrier()');
  const draft: Draft = {
    node: {
      kind: "label",
      label: "triple-barrier",
      bars: requireBars(spec.bars, '"bars" of tripleBarrier()', 1),
      profit: requireAbove(spec.profit, '"profit" of tripleBarrier()', Number.MIN_VALUE),
      loss: requireAbove(spec.loss, '"loss" of tripleBarrier()', Number.MIN_VALUE),
      side: requireWord(side, ["long", "short"], '"side" of tripleBarrier()'),
      cost: requireAbove(cost, '"cost" of tripleBarrier()', 0),
      output: { outcome: OUTCOMES, net: fraction },
      ...commonClock(inputs, "tripleBarrier()"),
    },
    inputs,
  };
  const handles = { outcome: labelHandle(draft, "outcome"), net: labelHandle(draft, "net") };
  return Object.freeze(handles) as unknown as BarrierLabel<I>;
}

function requireAbove(value: unknown, where: string, least: number): number {
  const number = requireFinite(value, where);
  if (number >= least) return number;
  throw new QmtlError({
    code: "strategy.invalid-number",
    message: `${where} is ${number}`,
    next: least === 0 ? "Use a fraction of 0 or more." : "Use a multiple of the volatility above 0.",
  });
}

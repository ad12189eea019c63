import type { Brokerage } from "../backtest/brokerage.ts";
import type { FeeModel } from "../backtest/fee.ts";
import type { SlippageModel } from "../backtest/slippage.ts";
import type { GuardFinding } from "./finding.ts";

/** The same brokerage at twice the price; undefined where it charges nothing. */
export function doubledCosts(brokerage: Brokerage): Brokerage | undefined {
  if (brokerage.fee.kind === "none" && brokerage.slippage.kind === "none") return undefined;
  return { ...brokerage, fee: doubledFee(brokerage.fee), slippage: doubledSlippage(brokerage.slippage) };
}

function doubledFee(fee: FeeModel): FeeModel {
  const bounds = {
    ...("minimum" in fee && fee.minimum !== undefined && { minimum: 2 * fee.minimum }),
    ...("maximum" in fee && fee.maximum !== undefined && { maximum: 2 * fee.maximum }),
  };
  switch (fee.kind) {
    case "percent":
      return { ...fee, fraction: 2 * fee.fraction, ...bounds };
    case "per-share":
      return { ...fee, amount: 2 * fee.amount, ...bounds };
    case "maker-taker":
      return { ...fee, maker: doubledVenue(fee.maker), taker: 2 * fee.taker, ...bounds };
    case "tiered":
      return {
        ...fee,
        tiers: fee.tiers.map(({ upTo, rate }) => ({ upTo, rate: 2 * rate })),
        maker: doubledVenue(fee.maker),
        taker: 2 * fee.taker,
        ...bounds,
      };
    case "none":
      return fee;
  }
}

/** A rebate is no cost: it does not grow. */
function doubledVenue(rate: number): number {
  return rate > 0 ? 2 * rate : rate;
}

/** A slippage of the whole price is no price any more. */
const MOST = 0.999;

function doubledSlippage(slippage: SlippageModel): SlippageModel {
  switch (slippage.kind) {
    case "percent":
      return { ...slippage, fraction: Math.min(2 * slippage.fraction, MOST) };
    case "spread":
      return { ...slippage, width: 2 * slippage.width };
    case "volume-share":
    case "square-root":
      return {
        ...slippage,
        coefficient: 2 * slippage.coefficient,
        fallback: Math.min(2 * slippage.fallback, MOST),
      };
    case "none":
      return slippage;
  }
}

/** How a run did in one figure each; `null` where there is none. */
export interface RunFigures {
  /** Of the whole evaluation: last equity over first, less 1. */
  readonly totalReturn: number | null;
  /** Annualised, sample standard deviation, without a risk-free rate. */
  readonly sharpe: number | null;
}

export interface CostCheck {
  readonly asCharged: RunFigures;
  readonly doubled: RunFigures;
  readonly findings: readonly GuardFinding[];
}

/** The same decisions under the world's costs and under doubled ones. */
export function checkCosts(asCharged: RunFigures, doubled: RunFigures): CostCheck {
  const before = asCharged.totalReturn;
  const after = doubled.totalReturn;
  const findings: GuardFinding[] =
    before !== null && after !== null && before > 0 && after <= 0
      ? [
          {
            kind: "costs",
            severity: "note",
            message: `It does not survive doubled costs: with twice the fees and slippage its return of ${percent(before)} becomes ${percent(after)}`,
            hint: "Trade less, or show that the world's costs are not too low.",
            values: { return: before, "at doubled costs": after },
          },
        ]
      : [];
  return { asCharged, doubled, findings };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}

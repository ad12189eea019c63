import { QmtlError } from "../schema/error.ts";

/** Which way is gain: up for `long`, down for `short`. */
export type BarrierSide = "long" | "short";

export interface VolatilityBarriers {
  readonly price: number;
  /** Of one bar, or of the horizon: 0.02 is two percent. */
  readonly volatility: number;
  /** Multiples of the volatility. */
  readonly profit: number;
  readonly loss: number;
  readonly side: BarrierSide;
}

/**
 * Barriers as wide as the market moves: the prices `profit` volatilities on the side of gain and `loss` on the other (López de Prado 2018,
 * "Advances in Financial Machine Learning", section 3.2, without its daily estimate of the volatility).
 *
 * @throws `labels.invalid-barrier` for what is not above 0
 * @example
 * barrierPrices({ price: 100, volatility: 0.02, profit: 2, loss: 1, side: "long" }); // { profit: 104, loss: 98 }
 */
export function barrierPrices(of: VolatilityBarriers): { readonly profit: number; readonly loss: number } {
  const { profit, loss } = barrierReturns(of);
  const price = requirePositive(of.price, "price");
  const sign = of.side === "long" ? 1 : -1;
  return { profit: price + sign * profit * price, loss: price - sign * loss * price };
}

/**
 * The same barriers as returns, both without a sign.
 *
 * @throws `labels.invalid-barrier` for what is not above 0
 */
export function barrierReturns({ volatility, profit, loss, side }: Omit<VolatilityBarriers, "price">): {
  readonly profit: number;
  readonly loss: number;
} {
  requireSide(side);
  const sigma = requirePositive(volatility, "volatility");
  return { profit: requirePositive(profit, "profit") * sigma, loss: requirePositive(loss, "loss") * sigma };
}

/** @throws `labels.invalid-barrier` */
export function requireSide(side: unknown): BarrierSide {
  if (side === "long" || side === "short") return side;
  throw new QmtlError({
    code: "labels.invalid-barrier",
    message: `The side of a barrier is ${String(side)}`,
    next: "Use long or short.",
  });
}

/** @throws `labels.invalid-barrier` */
export function requirePositive(value: unknown, name: string): number {
  if (typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new QmtlError({
    code: "labels.invalid-barrier",
    message: `The ${name} of a barrier is ${String(value)}`,
    next: "Use a finite number above 0.",
  });
}

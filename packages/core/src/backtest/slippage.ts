import { roundToTick } from "./tick.ts";

export type SlippageModel =
  | { readonly kind: "none" }
  /** Fraction of the price, against the order. */
  | { readonly kind: "percent"; readonly fraction: number }
  /** A part of a quoted width, in money per unit: half of it is what crossing from the middle costs. */
  | { readonly kind: "spread"; readonly width: number; readonly part: number }
  /**
   * `coefficient x (quantity / volume)² x price`, as Zipline's `VolumeShareSlippage`. In a bar of unknown or no volume `fallback` is the
   * fraction of the price.
   */
  | { readonly kind: "volume-share"; readonly coefficient: number; readonly fallback: number }
  /**
   * `coefficient x volatility x sqrt(quantity / volume) x price`: the square-root law of market impact (Torre and Ferrari, BARRA Market Impact Model
   * Handbook, 1997; Tóth et al., Phys. Rev. X 1, 021006, 2011, eq. 1). Volatility is the standard deviation of the log returns of the last
   * `window` closes before the bar, per bar as the volume is. In a bar of unknown or no volume, and before there are `window` closes, `fallback` is
   * the fraction of the price.
   */
  | {
      readonly kind: "square-root";
      readonly coefficient: number;
      readonly window: number;
      readonly fallback: number;
    };

/** What an order meets in its bar. */
export interface Liquidity {
  /** Units to trade, not negative. */
  readonly quantity: number;
  /** Units that the bar traded; `NaN` where unknown. */
  readonly volume: number;
  /** Standard deviation of log returns per bar; `NaN` where unknown. */
  readonly volatility: number;
}

/** True when a price depends on the quantity, so that {@link slip} needs a {@link Liquidity}. */
export function hasImpact(model: SlippageModel): boolean {
  return model.kind === "volume-share" || model.kind === "square-root";
}

/**
 * The price that an order gets: the market's, moved against the order. Only a price that slippage made is rounded to the tick, against the
 * order; a price of the data is taken as it is. A sale gets no less than nothing: at most the whole price slips.
 */
export function slip(
  model: SlippageModel,
  price: number,
  direction: 1 | -1,
  tick: number,
  liquidity?: Liquidity,
): number {
  if (model.kind === "none") return price;
  const moved =
    model.kind === "percent"
      ? price * (1 + direction * model.fraction)
      : price + direction * slipOf(model, price, liquidity);
  if (moved === price) return price;
  return roundToTick(Math.max(moved, Number.MIN_VALUE), direction, tick);
}

/** Money per unit. */
function slipOf(
  model: Exclude<SlippageModel, { kind: "none" | "percent" }>,
  price: number,
  liquidity: Liquidity | undefined,
): number {
  if (model.kind === "spread") return model.width * model.part;
  const { quantity, volume, volatility } = liquidity ?? UNKNOWN;
  if (!(volume > 0)) return model.fallback * price;
  const share = quantity / volume;
  if (model.kind === "volume-share") return model.coefficient * share * share * price;
  return Number.isNaN(volatility) ? model.fallback * price : model.coefficient * volatility * Math.sqrt(share) * price;
}

const UNKNOWN: Liquidity = { quantity: 0, volume: Number.NaN, volatility: Number.NaN };

/**
 * Sample standard deviation of the log returns between the `window` closes before place `end`; `NaN` when there are fewer, or one of them is
 * missing.
 */
export function volatilityBefore(closes: ArrayLike<number>, end: number, window: number): number {
  const from = end - window;
  if (from < 0) return Number.NaN;
  const n = window - 1;
  let sum = 0;
  for (let i = from + 1; i < end; i++) sum += Math.log(closes[i]! / closes[i - 1]!);
  const mean = sum / n;
  let squares = 0;
  for (let i = from + 1; i < end; i++) {
    const deviation = Math.log(closes[i]! / closes[i - 1]!) - mean;
    squares += deviation * deviation;
  }
  return Math.sqrt(squares / (n - 1));
}

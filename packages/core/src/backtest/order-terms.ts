import type { RiskLimits } from "./risk-limits.ts";

/** What an order gate lets through, from one decision to the next. */
export interface OrderTerms {
  /** Share x scale: what of the world's equity the strategy commands. */
  readonly part: number;
  /** `reducing`: only what brings a position nearer to flat. */
  readonly admits: "all" | "reducing" | "none";
  /** What may increase exposure on each side. */
  readonly sides: { readonly long: boolean; readonly short: boolean };
  /** What is held is closed, whatever the decision says. */
  readonly flatten: boolean;
  /** What the strategy's part may come to. Absent: no limits. */
  readonly limits?: RiskLimits;
}

/** Every order passes. */
export function freeTerms(part: number): OrderTerms {
  return { part, admits: "all", sides: { long: true, short: true }, flatten: false };
}

/** Nothing is held back, as in a backtest. */
export function isFree({ admits, sides, flatten, limits }: OrderTerms): boolean {
  return admits === "all" && sides.long && sides.short && !flatten && limits === undefined;
}

/** The quantity nearest to `to` that the terms let a position of `held` come to; undefined when they let nothing pass. */
export function passed({ admits, sides }: OrderTerms, held: number, to: number): number | undefined {
  if (admits === "all" && sides.long && sides.short) return to;
  if (admits === "none") return undefined;
  const reduces = Math.sign(to) === Math.sign(held) ? Math.sign(to) * Math.min(Math.abs(to), Math.abs(held)) : 0;
  if (admits === "reducing") return reduces;
  const increases = Math.abs(to) > Math.abs(reduces);
  return increases && !(to > 0 ? sides.long : sides.short) ? reduces : to;
}

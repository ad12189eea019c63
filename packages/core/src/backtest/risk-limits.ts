/** What an account may come to. Every limit is optional; one that is not there limits nothing. */
export interface RiskLimits {
  /** Most value of all positions, long and short alike, over equity: leverage. */
  readonly gross?: number;
  /** Most of long less short value over equity, whichever is larger. */
  readonly net?: number;
  /** Most value of one symbol over equity: concentration. */
  readonly position?: number;
  /** Most value of one symbol, in the account's currency. */
  readonly positionValue?: number;
  /** Most that equity may be below its peak, as a fraction of it. */
  readonly drawdown?: number;
  /** Highest volatility of equity per year. */
  readonly volatility?: number;
  /** Highest correlation of the returns of two symbols that are held on the same side, or of minus those of opposite sides. */
  readonly correlation?: number;
  /** What becomes of an order that would be too large: it is cut to what the limits leave, or refused. */
  readonly excess?: "cut" | "refuse";
}

export type RiskMetric = Exclude<keyof RiskLimits, "excess">;

export const RISK_METRICS = [
  "gross",
  "net",
  "position",
  "positionValue",
  "drawdown",
  "volatility",
  "correlation",
] as const satisfies readonly RiskMetric[];

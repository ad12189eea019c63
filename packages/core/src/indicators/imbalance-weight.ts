import { QmtlError } from "../schema/error.ts";
import { requireFinite } from "../strategy/count.ts";
import { refuseUnknownKeys, requireWord } from "../strategy/option.ts";

export interface ImbalanceWeight {
  /** `linear` (default): `(1 + i) / 2`. `logistic`: `1 / (1 + exp(-slope * (i - offset)))`. */
  readonly mode?: "linear" | "logistic";
  /** Of the logistic curve; 5 and 0 by default. */
  readonly slope?: number;
  readonly offset?: number;
  /** The imbalance is cut to `[-clamp, clamp]` first. */
  readonly clamp?: number;
  /** The weight is cut to `[floor, ceiling]` at last; 0 and 1 by default. */
  readonly floor?: number;
  readonly ceiling?: number;
}

const OPTIONS = ["mode", "slope", "offset", "clamp", "floor", "ceiling"];

/**
 * An imbalance, -1 to 1, as the weight of the buying side, 0 to 1. NaN stays NaN. Call it inside a `compute`.
 *
 * @throws `strategy.unknown-option`, `strategy.invalid-option`, `strategy.invalid-number`
 * @example
 * imbalanceWeight(0.5); // 0.75
 */
export function imbalanceWeight(imbalance: number, options: ImbalanceWeight = {}): number {
  refuseUnknownKeys(options, OPTIONS, "imbalanceWeight()");
  const { mode = "linear", slope = 5, offset = 0, clamp, floor = 0, ceiling = 1 } = options;
  requireWord(mode, ["linear", "logistic"], '"mode" of imbalanceWeight()');
  for (const [name, value] of Object.entries({ slope, offset, floor, ceiling, ...(clamp !== undefined && { clamp }) }))
    requireFinite(value, `"${name}" of imbalanceWeight()`);
  if ((clamp !== undefined && clamp < 0) || floor > ceiling)
    throw new QmtlError({
      code: "strategy.invalid-number",
      message: `imbalanceWeight() has ${floor > ceiling ? "a floor above its ceiling" : `a clamp of ${clamp}`}`,
      next: "Use a clamp of 0 or more, and a floor not above the ceiling.",
    });
  const cut = clamp === undefined ? imbalance : Math.min(clamp, Math.max(-clamp, imbalance));
  const weight = mode === "linear" ? (1 + cut) / 2 : 1 / (1 + Math.exp(-slope * (cut - offset)));
  return Math.min(ceiling, Math.max(floor, weight));
}

import { QmtlError } from "../schema/error.ts";

/** Checks a number of bars that types could not judge (a param, a computed number). @throws `strategy.invalid-period` */
export function requireBars(value: unknown, where: string, least: 0 | 1): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= 10_000) return value;
  throw new QmtlError({
    code: "strategy.invalid-period",
    message: `${where} is ${String(value)}, not a whole number of bars from ${least} to 10,000`,
    next: least === 1 ? "A period is a whole number of bars, 1 or more." : "A lag looks back: 0 bars or more.",
  });
}

/** @throws `strategy.invalid-number` */
export function requireFinite(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new QmtlError({
    code: "strategy.invalid-number",
    message: `${where} is ${String(value)}, not a finite number`,
    next: "Check the params that it is computed from.",
  });
}

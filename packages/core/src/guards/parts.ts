import { deepestFall, figuresOf } from "./figures.ts";
import type { GuardFinding } from "./finding.ts";

/** Periods over which a market's trend is measured, and its volatility. */
const TREND = 63;
const SWING = 21;
/** A trend beyond this many standard deviations of the trend's span is up or down; between, sideways. */
const TREND_BAND = 0.5;
/** Five of few periods always bring much. */
const ENOUGH = 250;

/** A part of the evaluation, by time or by the market's weather. */
export interface Part {
  readonly by: "third" | "year" | "trend" | "volatility";
  /** `1` to `3`; `2019`; `up`, `down`, `sideways`; `high`, `low`. */
  readonly name: string;
  readonly periods: number;
  readonly totalReturn: number | null;
  /** Annualised. */
  readonly sharpe: number | null;
  /** Of its own periods put one after the other. */
  readonly maxDrawdown: number;
}

export interface Concentration {
  /** Sum of the five largest period returns over the sum of all; `null` where that sum is not above zero. */
  readonly bestFive: number | null;
  /** Log return of the best year over that of the whole; `null` where that is not above zero, or there is one year. */
  readonly bestYear: number | null;
}

export interface PartsInput {
  /** Ends of the periods, ms UTC. */
  readonly times: ArrayLike<number>;
  /** The strategy's simple returns, one per period. */
  readonly returns: ArrayLike<number>;
  /** The market's log returns over the same periods: the mean of the traded symbols that have a price; `NaN` where none has. */
  readonly market: ArrayLike<number>;
  readonly periodsPerYear: number;
}

export interface PartsCheck {
  readonly parts: readonly Part[];
  readonly concentration: Concentration;
  readonly findings: readonly GuardFinding[];
}

/**
 * How the profit spreads: over thirds and calendar years (UTC), over up, down and sideways markets, over quiet and wild ones.
 *
 * The market's weather at a period is that of the `63` periods that end with it: up or down where its return is beyond half a standard
 * deviation of such a span, by the deviation of the span's own periods. It is wild where the deviation of the last `21` periods is above
 * the median over the run. The first periods, with less behind them, belong to no weather.
 */
export function checkParts({ times, returns, market, periodsPerYear }: PartsInput): PartsCheck {
  const n = returns.length;
  const part = (by: Part["by"], name: string, rows: readonly number[]): Part => {
    const own = rows.map((row) => returns[row]!);
    const { totalReturn, sharpe } = figuresOf(own, periodsPerYear);
    return { by, name, periods: own.length, totalReturn, sharpe, maxDrawdown: deepestFall(own) };
  };
  const groups = (by: Part["by"], names: readonly string[], nameOf: (row: number) => string | undefined): Part[] => {
    const rows = new Map<string, number[]>(names.map((name) => [name, []]));
    for (let row = 0; row < n; row++) {
      const name = nameOf(row);
      if (name === undefined) continue;
      const of = rows.get(name);
      if (of === undefined) rows.set(name, [row]);
      else of.push(row);
    }
    return [...rows].map(([name, of]) => part(by, name, of));
  };
  const yearOf = (row: number): string => String(new Date(times[row]! - 1).getUTCFullYear());
  const weather = weatherOf(market);
  const years = groups("year", [], yearOf);
  const parts = [
    ...groups("third", ["1", "2", "3"], (row) => String(1 + Math.floor((3 * row) / n))),
    ...years,
    ...groups("trend", ["up", "sideways", "down"], (row) => weather.trend[row]),
    ...groups("volatility", ["low", "high"], (row) => weather.volatility[row]),
  ].filter(({ periods }) => periods > 0);
  const concentration = { bestFive: bestFive(returns), bestYear: bestYear(years) };
  return { parts, concentration, findings: concentrated(concentration.bestFive, n) };
}

function weatherOf(market: ArrayLike<number>): {
  readonly trend: readonly (string | undefined)[];
  readonly volatility: readonly (string | undefined)[];
} {
  const swings: number[] = [];
  const trend: (string | undefined)[] = [];
  for (let row = 0; row < market.length; row++) {
    swings.push(deviationOf(market, row, SWING));
    const deviation = deviationOf(market, row, TREND);
    if (!Number.isFinite(deviation)) {
      trend.push(undefined);
      continue;
    }
    let sum = 0;
    for (let i = row - TREND + 1; i <= row; i++) sum += market[i]!;
    const band = TREND_BAND * deviation * Math.sqrt(TREND);
    trend.push(sum > band ? "up" : sum < -band ? "down" : "sideways");
  }
  const known = swings.filter((swing) => Number.isFinite(swing)).sort((a, b) => a - b);
  const median = known[known.length >> 1] ?? Number.NaN;
  return {
    trend,
    volatility: swings.map((swing) => (Number.isFinite(swing) ? (swing > median ? "high" : "low") : undefined)),
  };
}

/** Sample standard deviation of the `span` values that end at `row`; `NaN` where one of them is missing. */
function deviationOf(values: ArrayLike<number>, row: number, span: number): number {
  if (row < span - 1) return Number.NaN;
  let sum = 0;
  for (let i = row - span + 1; i <= row; i++) sum += values[i]!;
  const mean = sum / span;
  let squares = 0;
  for (let i = row - span + 1; i <= row; i++) squares += (values[i]! - mean) ** 2;
  return Math.sqrt(squares / (span - 1));
}

function bestFive(returns: ArrayLike<number>): number | null {
  const sorted = Float64Array.from(returns).sort();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return null;
  return sorted.subarray(-5).reduce((sum, value) => sum + value, 0) / total;
}

function bestYear(years: readonly Part[]): number | null {
  const logs = years.map(({ totalReturn }) => Math.log1p(totalReturn ?? Number.NaN));
  const total = logs.reduce((sum, value) => sum + value, 0);
  return years.length > 1 && total > 0 ? Math.max(...logs) / total : null;
}

/** Said where nothing would be left without them. */
function concentrated(share: number | null, periods: number): GuardFinding[] {
  if (share === null || share < 1 || periods < ENOUGH) return [];
  return [
    {
      kind: "concentration",
      severity: "note",
      message: `Without the five best of its ${periods} periods it would have earned nothing`,
      hint: "Look at these days: a result that hangs on few of them says little about the next ones.",
      values: { "share of the best five": share },
    },
  ];
}

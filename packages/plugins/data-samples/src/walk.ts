import { type Interval, intervalLength, QmtlError } from "@qmtl/core/schema";
import { dayStart, type SamplesConfig } from "./config.ts";
import { firstRow } from "./first-row.ts";
import type { Grid } from "./grid.ts";
import { createRandom } from "./random.ts";

/** Bars of one walk, by end. */
export interface Bars {
  readonly end: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

const DAY = 86_400_000;
const LONGEST = 20_000_000;
/** Where bars end when neither the configuration nor the market says so: 2025-01-01T00:00Z. */
const DEFAULT_END = Date.UTC(2025, 0, 1);

/**
 * The walks that a symbol has, one per scale: all intervals from a base up to the next base fold from it, so they agree with each other
 * bar by bar. Walks of different bases are different markets. Without a configured start they reach back from the end as listed here.
 */
const BASES: readonly { readonly base: Interval; readonly reach: number }[] = [
  { base: "1h", reach: 3_653 * DAY },
  { base: "1m", reach: 180 * DAY },
  { base: "1s", reach: 2 * DAY },
  { base: "100ms", reach: 2 * 3_600_000 },
];

export interface WalkKey {
  readonly symbol: string;
  readonly interval: Interval;
  readonly grid: Grid;
}

interface Span {
  readonly base: Interval;
  readonly from: number;
  readonly to: number;
}

function spanOf({ symbol, interval, grid }: WalkKey, panel: SamplesConfig["panel"]): Span {
  const scale = BASES.find(({ base }) => intervalLength(base) <= intervalLength(interval))!;
  const to = Math.min(panel.end === undefined ? DEFAULT_END : dayStart(panel.end), grid.to);
  const from = Math.max(panel.start === undefined ? to - scale.reach : dayStart(panel.start), grid.from);
  if (!(from < to))
    throw new QmtlError({
      code: "samples.empty-range",
      message: `The samples of ${symbol} on the calendar ${grid.name} would begin at ${dayText(from)} and end at ${dayText(to)}`,
      next: "Configure panel.start before panel.end; on XNYS both within 2000-01-03 to 2020-04-18.",
    });
  if ((to - from) / intervalLength(scale.base) > LONGEST)
    throw new QmtlError({
      code: "samples.too-long",
      message: `${symbol} at ${interval} would need more than ${LONGEST} bars of ${scale.base}`,
      next: "Configure a later panel.start or read a longer interval.",
    });
  return { base: scale.base, from, to };
}

/** A seeded walk of open, high, low, close and volume at an interval; its bars are whole and stand on the grid. */
export function walkBars(key: WalkKey, config: SamplesConfig): Bars {
  const span = spanOf(key, config.panel);
  const base = baseWalk(key, span, config);
  const listing = config.panel.listings[key.symbol] ?? {};
  const from = Math.max(span.from, listing.from === undefined ? span.from : dayStart(listing.from));
  const to = Math.min(span.to, listing.to === undefined ? span.to : dayStart(listing.to));
  return foldBars(base, { from, to }, span.base, key);
}

function baseWalk({ symbol, grid }: WalkKey, span: Span, { seed, panel }: SamplesConfig): Bars {
  const end = grid.ends(span.base, span.from, span.to);
  const rows = end.length;
  const scale = `${seed}/${span.base}/${grid.name}`;
  const market = createRandom(`market/${scale}`);
  const own = createRandom(`symbol/${scale}/${symbol}`);
  const perBar = Math.sqrt(grid.barsPerYear(span.base));
  const sigma = (panel.volatility * (0.75 + 0.5 * own.uniform())) / perBar;
  const drift = 0.06 / (perBar * perBar);
  const common = Math.sqrt(panel.correlation);
  const alone = Math.sqrt(1 - panel.correlation);
  const lively = 1_000 + 9_000 * own.uniform();
  let price = 20 + 400 * own.uniform();
  const bars = {
    end,
    open: new Float64Array(rows),
    high: new Float64Array(rows),
    low: new Float64Array(rows),
    close: new Float64Array(rows),
    volume: new Float64Array(rows),
  };
  for (let row = 0; row < rows; row++) {
    const move = common * market.normal() + alone * own.normal();
    const close = price * Math.max(0.5, 1 + drift + sigma * move);
    bars.open[row] = price;
    bars.close[row] = close;
    bars.high[row] = Math.max(price, close) * (1 + 0.5 * sigma * own.uniform());
    bars.low[row] = Math.min(price, close) * (1 - 0.5 * Math.min(1, sigma) * own.uniform());
    bars.volume[row] = Math.round(lively * (0.5 + own.uniform() + Math.abs(move)));
    price = close;
  }
  return bars;
}

function foldBars(
  base: Bars,
  range: { from: number; to: number },
  baseInterval: Interval,
  { interval, grid }: WalkKey,
): Bars {
  if (interval === baseInterval) return cutBars(base, range);
  const rows = base.end.length;
  const folded = { end: [], open: [], high: [], low: [], close: [], volume: [] } as Record<keyof Bars, number[]>;
  // A bar that began before the range is not whole; it would hold a base bar at most its own length earlier.
  const reach = interval === "1mo" ? 31 * DAY : intervalLength(interval);
  const before = grid.ends(baseInterval, range.from - reach, range.from).at(-1);
  let current = before === undefined ? Number.NaN : grid.barEnd(interval, before);
  for (let row = 0; row < rows; row++) {
    const end = base.end[row]!;
    if (end <= range.from) continue;
    if (end > range.to) break;
    const bar = grid.barEnd(interval, end);
    if (bar > range.to) break;
    if (bar === current) {
      const last = folded.end.length - 1;
      if (last < 0) continue;
      folded.high[last] = Math.max(folded.high[last]!, base.high[row]!);
      folded.low[last] = Math.min(folded.low[last]!, base.low[row]!);
      folded.close[last] = base.close[row]!;
      folded.volume[last] = folded.volume[last]! + base.volume[row]!;
      continue;
    }
    current = bar;
    folded.end.push(bar);
    for (const name of ["open", "high", "low", "close", "volume"] as const) folded[name].push(base[name][row]!);
  }
  const column = (name: keyof Bars) => Float64Array.from(folded[name]);
  return {
    end: column("end"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}

function cutBars({ end, ...columns }: Bars, range: { from: number; to: number }): Bars {
  const first = firstRow(end.length, (row) => end[row]! > range.from);
  const after = firstRow(end.length, (row) => end[row]! > range.to);
  const cut = (cells: Float64Array): Float64Array => cells.subarray(first, after);
  const { open, high, low, close, volume } = columns;
  return {
    end: cut(end),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}

function dayText(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

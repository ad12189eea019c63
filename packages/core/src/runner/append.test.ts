import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Brokerage } from "../backtest/brokerage.ts";
import type { AddedRows } from "../data/panel.ts";
import { above, ema, highest, rsi, sma } from "../indicators/index.ts";
import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { fraction, price } from "../schema/cell.ts";
import { isQmtlError } from "../schema/error.ts";
import { ohlcv } from "../schema/schema.ts";
import { crossSection, node, orders, resample, strategy, stream, targetWeights, window } from "../strategy/index.ts";
import type { PlainPanel, RunJob } from "./executor.ts";
import { type BuiltStrategy, inspectStrategy } from "./inspect.ts";
import { createReplay, type Replay } from "./replay.ts";

const HOUR = 3_600_000;
const SYMBOLS = ["A", "B", "C"] as const;
const SLOTS = 150;

const hourly = () => stream({ schema: ohlcv, tags: ["a"], interval: "1h" });

const STRATEGIES: Readonly<Record<string, BuiltStrategy>> = {
  ranked: inspectStrategy(
    strategy({
      name: "ranked",
      params: {},
      graph() {
        const bars = hourly();
        const slow = resample(bars, "4h");
        const trend = node({
          name: "trend",
          inputs: { fast: ema(bars.close, 3), slow: resample(sma(slow.close, 2), "1h"), recent: window(bars.close, 4) },
          output: { move: fraction },
          compute: ({ fast, slow, recent }) => ({ move: fast / slow + recent.newest / recent.oldest - 2 }),
        });
        const ranked = crossSection({
          name: "best",
          inputs: { move: trend.move },
          output: { weight: fraction },
          compute: ({ move }, out) => {
            for (let i = 0; i < move.length; i++)
              out.weight.set(i, move.at(i) > 0 ? 0.4 : move.at(i) < -0.01 ? -0.2 : 0);
          },
        });
        return targetWeights(ranked.weight);
      },
    }),
    { runId: "r" },
  ),
  daily: inspectStrategy(
    strategy({
      name: "daily",
      params: {},
      graph() {
        const day = resample(hourly(), "1d");
        const up = node({
          name: "up",
          inputs: { close: day.close, before: window(day.close, 2) },
          output: { weight: fraction },
          state: () => ({ days: 0 }),
          compute: ({ close, before }, state) => ({ weight: close > before.oldest ? 0.3 : 0.1 * (state.days++ % 2) }),
        });
        return targetWeights(up.weight);
      },
    }),
    { runId: "r" },
  ),
  protectedEntries: inspectStrategy(
    strategy({
      name: "protected",
      params: {},
      graph() {
        const bars = hourly();
        const levels = node({
          name: "levels",
          inputs: { close: bars.close, top: highest(bars.high, 5), strength: rsi(bars.close, 4) },
          output: { stop: price, take: price, trail: price, size: fraction },
          compute: ({ close, top, strength }) => ({
            stop: close * 0.99,
            take: top * 1.01,
            trail: close * 0.015,
            size: 0.1 + strength / 1000,
          }),
        });
        return orders({
          long: {
            enter: above(bars.close, sma(bars.close, 4)),
            exit: above(sma(bars.close, 6), bars.close),
            size: levels.size,
            stop: levels.stop,
            takeProfit: levels.take,
            trail: levels.trail,
            expire: 7,
          },
        });
      },
    }),
    { runId: "r" },
  ),
};

interface Recipe {
  readonly from: number;
  readonly to: number;
  readonly holes: readonly number[];
  readonly seed: number;
  readonly actions: readonly { readonly at: number; readonly kind: "split" | "dividend" }[];
}

const RECIPE: fc.Arbitrary<Recipe> = fc.record({
  from: fc.oneof(fc.constant(0), fc.nat(80)),
  to: fc.oneof(fc.constant(SLOTS), fc.integer({ min: 60, max: SLOTS })),
  holes: fc.uniqueArray(fc.nat(SLOTS), { maxLength: 30 }),
  seed: fc.nat(999),
  actions: fc.array(fc.record({ at: fc.nat(SLOTS), kind: fc.constantFrom("split", "dividend" as const) }), {
    maxLength: 3,
  }),
});

function seriesOf(symbol: string, { from, to, holes, seed, actions }: Recipe): PlainPanel["series"][number] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  const stamps: number[] = [];
  const rows: { open: number; high: number; low: number; close: number; volume: number }[] = [];
  let close = 50 + 50 * next();
  for (let slot = 0; slot < SLOTS; slot++) {
    const open = close * (0.99 + 0.02 * next());
    close = open * (0.98 + 0.04 * next());
    if (slot < from || slot >= to || holes.includes(slot)) continue;
    stamps.push((slot + 1) * HOUR);
    rows.push({
      open,
      close,
      high: Math.max(open, close) * 1.004,
      low: Math.min(open, close) * 0.996,
      volume: Math.floor(4000 * next()),
    });
  }
  const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, (row) => row[name]);
  return {
    symbol,
    tags: ["a"],
    stamps: Float64Array.from(stamps),
    columns: {
      open: column("open"),
      high: column("high"),
      low: column("low"),
      close: column("close"),
      volume: column("volume"),
    },
    actions: [...actions]
      .sort((a, b) => a.at - b.at)
      .map(
        ({ at, kind }): CorporateAction =>
          kind === "split" ? { time: at * HOUR + 1, kind, ratio: 2 } : { time: at * HOUR + 1, kind, amount: 0.5 },
      ),
  };
}

function panelOf(recipes: readonly Recipe[]): PlainPanel {
  return {
    preset: "made-up",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1h",
    calendar: "24x7",
    series: SYMBOLS.map((symbol, s) => seriesOf(symbol, recipes[s]!)),
  };
}

const PLAIN: Brokerage = {
  fee: { kind: "percent", fraction: 0.0002 },
  slippage: { kind: "none" },
  fill: "next-open",
  act: { kind: "change" },
  maxStale: 5,
};

const BROKERAGE: fc.Arbitrary<Brokerage> = fc.constantFrom(
  PLAIN,
  {
    ...PLAIN,
    act: { kind: "band", fraction: 0.1 },
    slippage: { kind: "square-root", coefficient: 0.5, window: 8, fallback: 0.001 },
    borrow: { rate: 0.05 },
  } as const,
  {
    ...PLAIN,
    volumeCap: { share: 0.05 },
    slippage: { kind: "volume-share", coefficient: 0.1, fallback: 0 },
    settlement: { sessions: 1 },
  } as const,
  {
    ...PLAIN,
    fill: "market-on-open",
    act: { kind: "every-bar" },
    margin: { long: { initial: 0.5, maintenance: 0.25 }, short: { initial: 0.5, maintenance: 0.3 } },
    interest: { credit: [{ from: 0, rate: 0.02 }], debit: 0.06 },
  } as const,
);

function jobOf(built: BuiltStrategy, panel: PlainPanel, brokerage: Brokerage): RunJob {
  return {
    panels: new Map(built.inspected.streams.map(({ node: index }) => [index, panel])),
    instruments: SYMBOLS.map((symbol) => ({ symbol, currency: "USD", lot: 1, tick: 0.01 })),
    brokerage,
    equity: 100_000,
  };
}

/** The rows after `from` and up to `to`, and what companies did in that time: an action comes with the first row that shows it. */
function rowsBetween(panel: PlainPanel, from: number, to: number): AddedRows {
  return {
    series: panel.series.map(({ symbol, stamps, columns, actions = [] }) => {
      const shown = (stamp: number): boolean => stamp > from && stamp <= to;
      const first = stamps.findIndex((stamp) => stamp > from);
      const start = first < 0 ? stamps.length : first;
      const end = start + stamps.subarray(start).filter(shown).length;
      return {
        symbol,
        stamps: stamps.slice(start, end),
        columns: Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, of.slice(start, end)])),
        actions: actions.filter(({ time }) => shown(time)),
      };
    }),
  };
}

function begin(built: BuiltStrategy, panel: PlainPanel, brokerage: Brokerage, to: number): Replay {
  const { series } = rowsBetween(panel, Number.NEGATIVE_INFINITY, to);
  const known = { ...panel, series: series.map((one) => ({ ...one, tags: ["a"] })) };
  return createReplay(built, jobOf(built, known, brokerage), { growing: true });
}

function grow(
  built: BuiltStrategy,
  panel: PlainPanel,
  brokerage: Brokerage,
  cuts: readonly number[],
  single: boolean,
): Replay {
  const [first = 0, ...later] = [...cuts].sort((a, b) => a - b);
  const replay = begin(built, panel, brokerage, first * HOUR);
  const nodes = built.inspected.streams.map(({ node: index }) => index);
  const lasts = panel.series.map(({ symbol, stamps }) => ({ symbol, last: stamps.at(-1) ?? Number.POSITIVE_INFINITY }));
  let from = first * HOUR;
  for (const cut of [...later, SLOTS + 1]) {
    const to = cut * HOUR;
    const rows = rowsBetween(panel, from, to);
    const ended = lasts.filter(({ last }) => last <= to && last < SLOTS * HOUR).map(({ symbol }) => symbol);
    replay.append(new Map(nodes.map((index) => [index, rows])), { ended });
    if (single) while (replay.upcoming() <= to && replay.next());
    else replay.advance(to);
    from = to;
  }
  replay.advance(Number.POSITIVE_INFINITY);
  return replay;
}

describe.each(Object.keys(STRATEGIES))("%s", (name) => {
  test("a replay that grows in any parts has the outcome of one over all of its rows", () => {
    const built = STRATEGIES[name]!;
    let traded = 0;
    fc.assert(
      fc.property(
        fc.tuple(RECIPE, RECIPE, RECIPE),
        BROKERAGE,
        fc.uniqueArray(fc.integer({ min: 0, max: SLOTS }), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        (recipes, brokerage, cuts, single, alone) => {
          const whole = panelOf(recipes);
          const panel = alone ? { ...whole, series: whole.series.slice(0, 1) } : whole;
          const batch = createReplay(built, jobOf(built, panel, brokerage));
          batch.advance(Number.POSITIVE_INFINITY);
          const outcome = batch.outcome();
          traded += outcome.result.fills.time.length;
          expect(grow(built, panel, brokerage, cuts, single).outcome()).toEqual(outcome);
        },
      ),
      { numRuns: 30 },
    );
    expect(traded).toBeGreaterThan(100);
  });
});

const LONG = { from: 0, to: SLOTS, holes: [], seed: 7, actions: [] };

const STEADY = inspectStrategy(
  strategy({
    name: "steady",
    params: {},
    graph() {
      const bars = hourly();
      const held = node({
        name: "held",
        inputs: { close: bars.close },
        output: { weight: fraction },
        compute: () => ({ weight: 0.3 }),
      });
      return targetWeights(held.weight);
    },
  }),
  { runId: "r" },
);

/** Replays that hold A, whose bars stop at hour 40. */
function holding(): { replay: Replay; add(from: number, to: number, ended?: readonly string[]): void } {
  const panel = panelOf([{ ...LONG, to: 40 }, LONG, LONG]);
  const replay = begin(STEADY, panel, PLAIN, 40 * HOUR);
  replay.advance(Number.POSITIVE_INFINITY);
  const [stream] = STEADY.inspected.streams;
  return {
    replay,
    add(from, to, ended) {
      const rows = new Map([[stream!.node, rowsBetween(panel, from * HOUR, to * HOUR)]]);
      replay.append(rows, ended === undefined ? {} : { ended });
      replay.advance(Number.POSITIVE_INFINITY);
    },
  };
}

test("a symbol without further bars is held and noticed, and closed once it is said to have ended", () => {
  const { replay, add } = holding();
  const heldOfA = () => replay.outcome().result.positions.find(({ symbol }) => symbol === "A")?.quantity ?? 0;
  const before = heldOfA();
  expect(before).not.toBe(0);
  add(40, 60);
  expect(heldOfA()).toBe(before);
  expect(replay.outcome().result.counters.stale).toMatchObject([{ symbol: "A", since: 40 * HOUR, time: 46 * HOUR }]);
  expect(replay.outcome().result.counters.ended).toEqual([]);
  add(60, 61, ["A"]);
  expect(heldOfA()).toBe(0);
  expect(replay.outcome().result.counters.ended).toMatchObject([{ symbol: "A", time: 61 * HOUR, quantity: before }]);
});

test("bars of a symbol that has ended are refused, and nothing of what came with them is taken", () => {
  const { replay, add } = holding();
  add(40, 41, ["A"]);
  const rows = rowsBetween(panelOf([LONG, LONG, LONG]), 41 * HOUR, 42 * HOUR);
  const [stream] = STEADY.inspected.streams;
  let code: string | undefined;
  try {
    replay.append(new Map([[stream!.node, rows]]));
  } catch (error) {
    code = isQmtlError(error) ? error.code : undefined;
  }
  expect([code, replay.upcoming()]).toEqual(["backtest.ended", Number.POSITIVE_INFINITY]);
  add(41, 42);
  expect(replay.outcome().result.times.at(-1)).toBe(42 * HOUR);
});

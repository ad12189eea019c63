import fc from "fast-check";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel, Series } from "../data/panel.ts";
import { above } from "../indicators/above.ts";
import { below } from "../indicators/below.ts";
import { sma } from "../indicators/sma.ts";
import { when } from "../indicators/when.ts";
import type { Cell, F64 } from "../schema/cell.ts";
import { bool, categorical, f64, fraction, i32, price, unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import { intervalLength } from "../schema/interval.ts";
import { schema } from "../schema/schema.ts";
import { align, barTime, cast, pick, resample, rng } from "../strategy/clock.ts";
import type { Column } from "../strategy/column.ts";
import { dataset } from "../strategy/decision.ts";
import type { ColumnRef, StrategyGraph, StreamNode } from "../strategy/graph.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { kernel } from "../strategy/kernel-node.ts";
import { aggregate, crossSection, node } from "../strategy/node.ts";
import { buildGraph, strategy } from "../strategy/strategy.ts";
import { stream } from "../strategy/stream.ts";
import { window } from "../strategy/window.ts";

export const HOUR = 3_600_000;
export const DAY = 86_400_000;

const phases = categorical(["calm", "wild", "shut"]);
const ticks = schema(
  "test.ticks@1",
  { close: price, low: price, count: i32, phase: phases, live: bool },
  { low: "min", count: "sum" },
);

/** The mean of all rows so far and the value three rows ago: infinite and finite memory. */
const memory: Kernel<{ sum: number; seen: number; last: number[] }> = {
  name: "test.memory",
  version: 1,
  inputs: ["a", "b"],
  outputs: ["mean", "ago"],
  firstValid: () => 3,
  settle: () => Number.POSITIVE_INFINITY,
  create: () => ({ sum: 0, seen: 0, last: [Number.NaN, Number.NaN, Number.NaN] }),
  run(state, [a, b], [mean, ago], from, to) {
    for (let row = from; row < to; row++) {
      state.sum += a![row]! - b![row]!;
      state.seen++;
      mean![row] = state.seen > 3 ? state.sum / state.seen : Number.NaN;
      state.last.push(a![row]!);
      ago![row] = state.last.shift()!;
    }
  },
};

type AnyColumn = Column<Cell, Interval, "symbol" | "market">;

/** Strategies that together use every kind of node; each returns the columns to look at. */
export const GRAPHS: Readonly<Record<string, () => Readonly<Record<string, AnyColumn>>>> = {
  windowsAndState() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const spread = node({
      name: "spread",
      inputs: { close: hourly.close, recent: window(hourly, 5), scale: 0.5 },
      output: { wide: bool, size: f64, kind: phases, steps: i32 },
      compute: ({ close, recent, scale }) => ({
        wide: close > recent.close.oldest,
        size: scale * (recent.close.newest - recent.low.at(-5)) + recent.count.at(-2),
        kind: recent.phase.at(-3),
        steps: [...recent.live].filter((live) => live).length,
      }),
    });
    const holding = node({
      name: "holding",
      inputs: { now: spread, sizes: window(spread.size, 3), kinds: window(spread.kind, 4) },
      output: { held: fraction, kind: phases },
      state: () => ({ held: 0, calls: 0 }),
      compute: ({ now, sizes, kinds }, state) => {
        state.calls++;
        let sum = 0;
        for (const size of sizes.copy()) sum += size;
        state.held = 0.5 * state.held + (now.wide ? sum : -sum) / state.calls + now.steps;
        return { held: state.held, kind: kinds.oldest };
      },
    });
    return { held: holding.held, kind: holding.kind, wide: spread.wide, steps: spread.steps };
  },
  kernels() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const first = kernel({
      kernel: memory,
      params: {},
      inputs: { a: hourly.close, b: hourly.low },
      output: () => ({ mean: price, ago: price }),
    }) as {
      mean: Column<F64<"price">, "1h">;
      ago: Column<F64<"price">, "1h">;
    };
    const other = stream({ schema: ticks, tags: ["y"], interval: "1h" });
    const joined = kernel({
      kernel: memory,
      params: {},
      inputs: { a: first.ago, b: other.close },
      output: () => ({ mean: price, ago: price }),
    }) as typeof first;
    return {
      mean: first.mean,
      joined: joined.mean,
      cast: cast(joined.ago, unit(f64, "points")),
      time: barTime(joined.ago),
    };
  },
  chained() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const after = (a: unknown, b: unknown) =>
      kernel({ kernel: memory, params: {}, inputs: { a, b }, output: () => ({ mean: price, ago: price }) }) as {
        mean: Column<F64<"price">, "1h">;
        ago: Column<F64<"price">, "1h">;
      };
    const one = after(hourly.close, hourly.low);
    const two = after(one.ago, hourly.low);
    const three = after(two.mean, one.mean);
    return { mean: three.mean, ago: three.ago, between: two.ago };
  },
  /** What goes from kernel to kernel as a number: of each dtype, read twice, and through a kernel that takes rows alone. */
  chainedNumbers() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const fast = sma(hourly.close, 2);
    const slow = sma(hourly.close, 5);
    const up = above(fast, slow);
    const steps = when(up, 7, -3, i32);
    const between = kernel({
      kernel: memory,
      params: {},
      inputs: { a: fast, b: steps },
      output: () => ({ mean: price, ago: price }),
    }) as { mean: Column<F64<"price">, "1h">; ago: Column<F64<"price">, "1h"> };
    const down = below(sma(between.ago, 3), between.mean);
    return { steps, down, fast };
  },
  joinedWindows() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const other = stream({ schema: ticks, tags: ["y"], interval: "1h" });
    const both = node({
      name: "both",
      inputs: { mine: window(hourly.close, 4), theirs: window(other.low, 2), phase: other.phase, live: hourly.live },
      output: { gap: price, live: bool },
      compute: ({ mine, theirs, phase, live }) => ({
        gap: mine.oldest - theirs.oldest + phase.length,
        live: live && phase !== "calm",
      }),
    });
    return { gap: both.gap, live: both.live };
  },
  acrossSymbols() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const slow = node({
      name: "slow",
      inputs: { recent: window(hourly.close, 3) },
      output: { move: fraction },
      compute: ({ recent }) => ({ move: recent.newest / recent.oldest - 1 }),
    });
    const breadth = aggregate({
      name: "breadth",
      inputs: { move: slow.move, live: hourly.live, weight: 2 },
      output: { up: fraction, any: bool },
      compute: ({ move, live, weight }) => {
        let up = 0;
        let any = false;
        for (let i = 0; i < move.length; i++) {
          if (move.at(i) > 0) up += weight;
          any ||= live.at(i);
        }
        return { up: up / move.length, any };
      },
    });
    const ranked = crossSection({
      name: "ranked",
      inputs: { move: slow.move, phase: hourly.phase, up: breadth.up },
      output: { weight: fraction, best: bool, place: i32 },
      compute: ({ move, phase, up }, out) => {
        for (let i = 0; i < move.length; i++) {
          let better = 0;
          for (let j = 0; j < move.length; j++) if (move.at(j) > move.at(i)) better++;
          if (phase.at(i) !== "shut") out.weight.set(i, (move.length - better) * up);
          out.best.set(i, better === 0);
          if (better > 0) out.place.set(i, better);
        }
      },
    });
    const leader = pick(hourly, "A");
    const against = node({
      name: "against",
      inputs: { mine: hourly.close, leader: leader.close, rank: ranked.place, recent: window(ranked.weight, 2) },
      output: { ratio: f64 },
      compute: ({ mine, leader, rank, recent }) => ({
        ratio: mine / leader + rank + (Number.isNaN(recent.oldest) ? 0 : recent.oldest),
      }),
    });
    return {
      weight: ranked.weight,
      best: ranked.best,
      place: ranked.place,
      up: breadth.up,
      any: breadth.any,
      ratio: against.ratio,
    };
  },
  longerClock() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const recent = node({
      name: "recent",
      inputs: { closes: window(hourly.close, 3) },
      output: { last: price },
      compute: ({ closes }) => ({ last: closes.oldest }),
    });
    const daily = resample(hourly, "4h");
    const means = resample(recent.last, "4h", "mean");
    const high = resample(hourly.close, "4h", "max");
    const opened = resample(hourly.phase, "4h", "first");
    const day = node({
      name: "day",
      inputs: { daily, mean: means, high, opened, before: window(daily.close, 2) },
      output: { move: f64, opened: phases, volume: i32 },
      compute: ({ daily, mean, high, opened, before }) => ({
        move: before.newest - before.oldest + mean - high + (daily.live ? 1 : 0),
        opened,
        volume: daily.count,
      }),
    });
    const best = crossSection({
      name: "best",
      inputs: { move: day.move },
      output: { share: fraction },
      compute: ({ move }, out) => {
        for (let i = 0; i < move.length; i++) out.share.set(i, move.at(i) / move.length);
      },
    });
    const market = aggregate({
      name: "market",
      inputs: { move: day.move },
      output: { sum: f64 },
      compute: ({ move }) => {
        let sum = 0;
        for (let i = 0; i < move.length; i++) sum += move.at(i) * (i + 1);
        return { sum };
      },
    });
    return { share: best.share, sum: market.sum, opened: day.opened, volume: day.volume };
  },
  thereAndBack() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const other = stream({ schema: ticks, tags: ["y"], interval: "1h" });
    const daily = resample(hourly, "4h");
    const change = node({
      name: "change",
      inputs: { recent: window(daily.close, 2), low: daily.low },
      output: { change: price },
      compute: ({ recent, low }) => ({ change: recent.newest - recent.oldest + low }),
    });
    const fine = resample(change, "1h");
    const used = node({
      name: "used",
      inputs: { change: fine.change, close: other.close, changes: window(fine.change, 30) },
      output: { sum: price },
      compute: ({ change, close, changes }) => ({ sum: change + close - changes.oldest }),
    });
    return { fine: fine.change, used: used.sum };
  },
  shorterClock() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const daily = stream({ schema: ticks, tags: ["y"], interval: "1d" });
    const regime = node({
      name: "regime",
      inputs: { closes: window(daily.close, 2), phase: daily.phase },
      output: { up: bool, level: price, phase: phases },
      compute: ({ closes, phase }) => ({ up: closes.newest > closes.oldest, level: closes.newest, phase }),
    });
    const fine = resample(regime, "1h");
    const joined = node({
      name: "joined",
      inputs: {
        close: hourly.close,
        fine,
        levels: window(fine.level, 3),
        own: resample(resample(hourly.close, "1d", "min"), "1h"),
      },
      output: { gap: price, phase: phases },
      compute: ({ close, fine, levels, own }) => ({
        gap: (fine.up ? close - fine.level : levels.oldest) - own,
        phase: fine.phase,
      }),
    });
    const market = resample(pick(daily, "B").close, "1h");
    return { gap: joined.gap, phase: joined.phase, market };
  },
  lateJoin() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const long = stream({ schema: ticks, tags: ["y"], interval: "4h" });
    const own = node({
      name: "own",
      inputs: { close: long.close, phase: long.phase },
      output: { half: price, phase: phases },
      compute: ({ close, phase }) => ({ half: close / 2, phase }),
    });
    const folded = resample(hourly.low, "4h", "mean");
    const both = node({
      name: "both",
      inputs: { own, folded, halves: window(own.half, 2) },
      output: { sum: price, phase: phases },
      compute: ({ own, folded, halves }) => ({ sum: own.half + folded - halves.oldest, phase: own.phase }),
    });
    const memories = kernel({
      kernel: memory,
      params: {},
      inputs: { a: own.half, b: folded },
      output: () => ({ mean: price, ago: price }),
    }) as {
      mean: Column<F64<"price">, "4h">;
    };
    return { sum: both.sum, phase: both.phase, mean: memories.mean, held: align(own.half, folded, { maxAge: 2 }) };
  },
  aligned() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const daily = stream({ schema: ticks, tags: ["y"], interval: "4h" });
    const onDaily = align(hourly.close, daily, { maxAge: 1 });
    const late = align(daily.close, resample(hourly, "4h"), { maxAge: 2 });
    return { onDaily, late };
  },
  alignedLeader() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    const leader = align(pick(hourly, "A").close, hourly, { maxAge: 3 });
    const weekly = align(resample(hourly.close, "4h"), hourly, { maxAge: 30 });
    return { leader, weekly };
  },
  dice() {
    const hourly = stream({ schema: ticks, tags: ["x"], interval: "1h" });
    return { one: rng(hourly, 7), two: rng(hourly.close, 8), market: rng(pick(hourly, "B"), 7) };
  },
};

export function graphOf(name: keyof typeof GRAPHS): StrategyGraph {
  return buildGraph(
    strategy({ name, graph: () => dataset({ name, features: GRAPHS[name]!() as never, labels: {} }) }),
    {},
  );
}

/** The columns that the graph was asked for. */
export function featuresOf(graph: StrategyGraph): readonly ColumnRef[] {
  return graph.result.kind === "dataset" ? Object.values(graph.result.features) : [];
}

/** Every column of every node. */
export function everyColumn(graph: StrategyGraph): readonly ColumnRef[] {
  return graph.nodes.flatMap(({ index, output }) => Object.keys(output).map((column) => ({ node: index, column })));
}

export type Panels = ReadonlyMap<number, Panel>;

/** How to make the bars of one symbol: small, so that a counterexample can be read. */
export interface SeriesRecipe {
  readonly from: number;
  readonly to: number;
  readonly holes: readonly number[];
  readonly seed: number;
}

const SYMBOLS = ["A", "B", "C"] as const;
const START = Date.UTC(2024, 1, 27, 20);
const HOURS = 76;

/** Recipes by stream and symbol: symbols that begin late, end early and have holes, some of them on equal stamps. */
export function recipesFor(graph: StrategyGraph): fc.Arbitrary<readonly (readonly SeriesRecipe[])[]> {
  const panels = streamsOf(graph).map(({ interval }) => {
    const slots = slotsOf(interval);
    const recipe = fc.record({
      from: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(Math.floor(slots / 3)) }),
      to: fc.oneof(
        { weight: 2, arbitrary: fc.constant(slots) },
        { weight: 1, arbitrary: fc.integer({ min: Math.floor(slots / 2), max: slots }) },
      ),
      holes: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.uniqueArray(fc.nat(slots), { maxLength: 20 }) },
      ),
      seed: fc.nat(999),
    });
    return fc.tuple(...SYMBOLS.map(() => recipe));
  });
  return fc.tuple(...panels);
}

export function panelsOf(graph: StrategyGraph, recipes: readonly (readonly SeriesRecipe[])[]): Panels {
  return new Map(
    streamsOf(graph).map(({ index, interval, schema: of }, stream): [number, Panel] => [
      index,
      {
        preset: "test",
        schema: of,
        interval,
        calendar: aroundTheClock,
        series: SYMBOLS.map((symbol, s) => seriesOf(symbol, interval, recipes[stream]![s]!)),
      },
    ]),
  );
}

function streamsOf(graph: StrategyGraph): readonly StreamNode[] {
  return graph.nodes.filter((one): one is StreamNode => one.kind === "stream");
}

function slotsOf(interval: Interval): number {
  return Math.floor((HOURS * HOUR) / intervalLength(interval));
}

function seriesOf(symbol: string, interval: Interval, { from, to, holes, seed }: SeriesRecipe): Series {
  const length = intervalLength(interval);
  const first = Math.ceil(START / length) * length;
  const stamps = Float64Array.from({ length: slotsOf(interval) }, (_, slot) => slot)
    .filter((slot) => slot >= from && slot < to && !holes.includes(slot))
    .map((slot) => first + slot * length);
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  return {
    symbol,
    tags: ["x", "y"],
    stamps,
    columns: {
      close: stamps.map(() => (next() < 0.04 ? Number.NaN : 90 + 20 * next())),
      low: stamps.map(() => 80 + 10 * next()),
      count: Int32Array.from(stamps, () => 100 * next()),
      phase: Int32Array.from(stamps, () => 3 * next()),
      live: Uint8Array.from(stamps, () => 2 * next()),
    },
  };
}

/** The same data as it was known at `to`. */
export function knownAt(panels: Panels, to: number): Panels {
  return new Map(
    [...panels].map(([index, panel]) => [
      index,
      {
        ...panel,
        series: panel.series.map((series) => {
          const rows = series.stamps.filter((stamp) => stamp <= to).length;
          return {
            ...series,
            stamps: series.stamps.slice(0, rows),
            columns: Object.fromEntries(
              Object.entries(series.columns).map(([name, column]) => [name, column.slice(0, rows)]),
            ),
          };
        }),
      },
    ]),
  );
}

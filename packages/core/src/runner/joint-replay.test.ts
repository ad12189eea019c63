import { expect, test } from "vitest";
import { above, sma, when } from "../indicators/index.ts";
import { digest } from "../schema/canonical.ts";
import { fraction, quantity } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import { node, orders, param, resample, strategy, stream, targetPositions, targetWeights } from "../strategy/index.ts";
import type { RunJob } from "./executor.ts";
import { type BuiltStrategy, inspectStrategy } from "./inspect.ts";
import { createJointReplay } from "./joint-replay.ts";
import { createReplay } from "./replay.ts";
import { createWorkbench } from "./workbench.ts";

const HOUR = 3_600_000;

/** Two symbols that do not always have the same bars; more than one turn of the replay. */
function jobOf(node: number, bars = 9000): RunJob {
  let state = 7;
  const uniform = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const series = ["A", "B"].map((symbol, s) => {
    const stamps: number[] = [];
    const closes: number[] = [];
    let price = 100;
    for (let i = 1; i <= bars; i++) {
      price *= 1 + 0.02 * (uniform() - 0.5);
      if (s === 1 && uniform() < 0.05) continue;
      stamps.push(i * HOUR);
      closes.push(price);
    }
    const close = Float64Array.from(closes);
    const columns = { open: close, high: close, low: close, close, volume: close };
    return { symbol, tags: ["x"], stamps: Float64Array.from(stamps), columns };
  });
  return {
    panels: new Map([
      [
        node,
        {
          preset: "p",
          schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
          interval: "1h",
          calendar: "24x7",
          series,
        },
      ],
    ]),
    instruments: ["A", "B"].map((symbol) => ({ symbol, currency: "USD", lot: 0, tick: 0 })),
    brokerage: {
      fee: { kind: "percent", fraction: 0.0002 },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 5,
    },
    equity: 100_000,
  };
}

const bars = () => stream({ schema: ohlcv, tags: ["x"], interval: "1h" });
const cross = strategy({
  name: "cross",
  params: { fast: param.int(5, { min: 2, max: 50 }), slow: param.int(20, { min: 3, max: 90 }) },
  graph({ params }) {
    const { close } = bars();
    return targetPositions(when(above(sma(close, params.fast), sma(close, params.slow)), 1, 0, quantity));
  },
});
/** Decides on a longer clock, so that rows and bars do not meet one by one. */
const coarse = strategy({
  name: "coarse",
  params: { slow: param.int(20, { min: 2, max: 50 }) },
  graph({ params }) {
    const { close } = bars();
    const long = resample(close, "4h");
    const held = node({
      name: "held",
      inputs: { close: long, mean: sma(long, params.slow), floor: params.slow },
      output: { weight: fraction },
      compute: ({ close: now, mean, floor }) => ({
        weight: now > mean ? 1 / floor : now > 0.98 * mean ? Number.NaN : 0,
      }),
    });
    return targetWeights(held.weight);
  },
});
const entries = strategy({
  name: "entries",
  params: { slow: param.int(20, { min: 2, max: 50 }) },
  graph({ params }) {
    const { close } = bars();
    const up = above(close, sma(close, params.slow));
    return orders({ long: { enter: up, exit: above(sma(close, params.slow), close), size: 0.3 } });
  },
});

/** Code by its text: these functions capture nothing. */
const identify = (code: { toString(): string }) => ({
  id: digest("test", String(code)),
  unique: false,
  rejected: false,
  causes: [],
});
const build = (of: typeof cross | typeof coarse | typeof entries, params: Record<string, number>): BuiltStrategy =>
  inspectStrategy(of, { params, identify, runId: "r" });

function alone(built: BuiltStrategy, job: RunJob) {
  const replay = createReplay(built, job);
  replay.advance(Number.POSITIVE_INFINITY);
  const { counters: _, ...rest } = replay.outcome();
  return rest;
}

test("strategies side by side get the bits that each gets alone", () => {
  const built = [
    ...[2, 5, 9].flatMap((fast) => [10, 30].map((slow) => build(cross, { fast, slow }))),
    build(coarse, { slow: 3 }),
    build(coarse, { slow: 7 }),
    build(entries, { slow: 10 }),
  ];
  const job = jobOf(built[0]!.inspected.priceStream);
  const replay = createJointReplay(built, job);
  replay.run();
  for (const [k, { counters: _, ...outcome }] of replay.outcomes().entries()) {
    expect(outcome).toEqual(alone(built[k]!, job));
    expect(outcome.result.fills.time.length).toBeGreaterThan(20);
  }
});

test("what strategies have in common is computed once", () => {
  const fasts = [2, 3, 4, 5, 6];
  const slows = [10, 20, 30, 40];
  const built = fasts.flatMap((fast) => slows.map((slow) => build(cross, { fast, slow })));
  const replay = createJointReplay(built, jobOf(built[0]!.inspected.priceStream, 500));
  replay.run();
  // The averages stand once each; a comparison and a target for every pair.
  expect(replay.counters().nodes).toBe(fasts.length + slows.length + 2 * built.length);
});

test("strategies that read other streams are replayed apart", () => {
  const other = strategy({
    name: "other",
    graph() {
      const { close } = stream({ schema: ohlcv, tags: ["y"], interval: "1h" });
      return targetPositions(when(above(close, sma(close, 3)), 1, 0, quantity));
    },
  });
  const built = [build(cross, {}), inspectStrategy(other, { identify, runId: "r" })];
  expect(() => createJointReplay(built, jobOf(built[0]!.inspected.priceStream))).toThrow(
    expect.objectContaining({ code: "runner.other-streams", place: { strategy: "other" } }),
  );
});

test("a workbench computes what a change reaches, and gets the same bits", () => {
  const at = (fast: number) => [
    ...[10, 20, 30].map((slow) => build(cross, { fast: 5, slow })),
    build(cross, { fast, slow: 40 }),
    build(coarse, { slow: 5 }),
  ];
  const job = jobOf(at(5)[0]!.inspected.priceStream, 2000);
  const bench = createWorkbench(job);
  bench.run(at(5));
  const all = bench.counters.computed;
  bench.run(at(5));
  expect(bench.counters).toEqual({ computed: 0, known: all });
  const changed = bench.run(at(7));
  // The faster average, the comparison, the target.
  expect(bench.counters.computed).toBe(3);
  const { counters: _, ...outcome } = changed[3]!;
  expect(outcome).toEqual(alone(at(7)[3]!, job));
});

test("a workbench forgets what was used longest ago, and computes it again", () => {
  const one = (fast: number) => [build(cross, { fast, slow: 40 })];
  const job = jobOf(one(5)[0]!.inspected.priceStream, 2000);
  const bench = createWorkbench(job, { bytes: 100_000 });
  for (const fast of [2, 3, 4, 5, 6]) bench.run(one(fast));
  expect(bench.bytes).toBeLessThanOrEqual(100_000);
  const [again] = bench.run(one(2));
  expect(bench.counters.computed).toBeGreaterThan(0);
  const { counters: _, ...outcome } = again!;
  expect(outcome).toEqual(alone(one(2)[0]!, job));
});

test("a workbench says what each node came to, as it does for one that it has to compute again", () => {
  const [one] = [build(cross, { fast: 2, slow: 3 })];
  const job = jobOf(one!.inspected.priceStream, 2000);
  const bench = createWorkbench(job);
  bench.run([one!]);
  const figures = bench.figures(one!);
  const fast = figures.find(({ label }) => label === one!.inspected.nodes[figures[0]!.node]!.label)!;
  // The mean of two closes, of both symbols, reckoned by hand.
  const series = [...job.panels.values()][0]!.series.map(({ columns, stamps }) => ({
    stamps: stamps as Float64Array,
    means: Array.from(
      (columns["close"] as Float64Array).subarray(1),
      (close, i) => (close + (columns["close"] as Float64Array)[i]!) / 2,
    ),
  }));
  const means = series.flatMap((each) => each.means);
  const [figure] = fast.columns;
  expect(figure).toMatchObject({
    dtype: "f64",
    bars: means.length + 2,
    valued: means.length,
    from: new Date(series[0]!.stamps[1]!).toISOString().replace(".000Z", "Z"),
    // Of two symbols none is the last.
    last: null,
  });
  expect(figure!.mean).toBeCloseTo(means.reduce((sum, value) => sum + value, 0) / means.length, 9);
  expect(figure!.least).toBeCloseTo(Math.min(...means), 9);
  expect(figure!.greatest).toBeCloseTo(Math.max(...means), 9);
  const [decides] = figures.at(-1)!.columns;
  expect(decides!.valued).toBeLessThanOrEqual(decides!.bars);

  const small = createWorkbench(job, { bytes: 0 });
  small.run([one!]);
  expect(small.figures(one!)).toEqual([]);
});

import { describe, expect, test } from "vitest";
import type { CapturedTable } from "../graph/code-identity/captured-tables.ts";
import { chooseCuts, decidedBars } from "../guards/cuts.ts";
import { above, ema, highest, lag, sma, when } from "../indicators/index.ts";
import { fraction, ohlcv, price } from "../schema/index.ts";
import type { Column } from "../strategy/column.ts";
import { type Decision, node, strategy, stream, targetWeights, window } from "../strategy/index.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { kernel } from "../strategy/kernel-node.ts";
import type { PlainPanel, RunJob } from "./executor.ts";
import { type CodeReader, guardRun, type RunGuardReport, replayToGuard } from "./guard-run.ts";
import { inspectStrategy } from "./inspect.ts";

const HOUR = 3_600_000;
const BARS = 3000;
const SEED = "0123456789abcdef0123456789abcdef";

/** A seeded walk of hourly bars. */
function walk(symbol: string, { from = 0, to = BARS, seed = 1 } = {}): PlainPanel["series"][number] {
  const stamps = Float64Array.from({ length: to - from }, (_, row) => Date.UTC(2020, 0, 1) + (from + row + 1) * HOUR);
  const close = new Float64Array(stamps.length);
  let state = seed;
  let level = 100;
  for (let row = 0; row < close.length; row++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    level *= 1 + 0.02 * ((state >>> 8) / 2 ** 24 - 0.5);
    close[row] = Math.round(100 * level) / 100;
  }
  const open = close.map((_, row) => close[Math.max(0, row - 1)]!);
  const columns = {
    open,
    high: close.map((value, row) => Math.max(value, open[row]!)),
    low: close.map((value, row) => Math.min(value, open[row]!)),
    close,
    volume: close.map(() => 1000),
  };
  return { symbol, tags: ["x"], stamps, columns };
}

interface Given {
  readonly series?: PlainPanel["series"];
  readonly code?: CodeReader;
  readonly fee?: number;
}

/** Runs a strategy whose weights are what `weights` builds from hourly bars, and guards the run. */
function guarded(
  weights: (bars: Bars) => unknown,
  { series = [walk("A")], code, fee = 0 }: Given = {},
): RunGuardReport {
  const made = strategy({
    name: "guarded",
    graph(): Decision {
      const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1h" });
      return targetWeights(weights(bars as unknown as Bars) as never);
    },
  });
  const built = inspectStrategy(made, { runId: "test" });
  const job: RunJob = {
    panels: new Map([
      [
        built.inspected.priceStream,
        {
          preset: "test",
          schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
          interval: "1h",
          calendar: "24x7",
          series,
        },
      ],
    ]),
    instruments: series.map(({ symbol }) => ({ symbol, currency: "USD", lot: 0, tick: 0 })),
    brokerage: {
      fee: { kind: "percent", fraction: fee },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 1000,
    },
    equity: 1_000_000,
  };
  const replay = replayToGuard(built, job);
  replay.advance(Number.POSITIVE_INFINITY);
  const outcome = replay.outcome();
  const cuts = chooseCuts(decidedBars(replay.prices, outcome.result.firstDecision!), SEED);
  expect(cuts).toHaveLength(3);
  return guardRun({ built, replay, outcome, cuts, ...(code !== undefined && { code }) });
}

type PriceColumn = Column<typeof price, "1h", "symbol">;
interface Bars {
  readonly open: PriceColumn;
  readonly high: PriceColumn;
  readonly low: PriceColumn;
  readonly close: PriceColumn;
}

/** Without what is only said for the reader. */
function faults({ findings }: RunGuardReport) {
  return findings.filter(({ severity }) => severity !== "note");
}

const kernelOf =
  (of: Partial<Kernel<{ sum: number }>> & Pick<Kernel<{ sum: number }>, "name" | "run">) => (bars: Bars) => {
    const full: Kernel<{ sum: number }> = {
      version: 1,
      inputs: ["x"],
      outputs: ["value"],
      firstValid: () => 0,
      settle: () => 0,
      create: () => ({ sum: 0 }),
      ...of,
    };
    return kernel({
      kernel: full as Kernel,
      params: {},
      inputs: { x: bars.close },
      output: () => ({ value: fraction }),
    });
  };

describe("a healthy strategy has no finding", () => {
  const cross = ({ close }: Bars) => when(above(sma(close, 10), ema(close, 30)), 1, 0, fraction);

  test("of kernels and nodes", () => {
    const report = guarded(({ close, high }) => {
      const signal = node({
        name: "signal",
        inputs: {
          fast: sma(close, 10),
          slow: ema(close, 30),
          recent: window(close, 20),
          roof: lag(highest(high, 20), 1),
        },
        output: { weight: fraction },
        compute: ({ fast, slow, recent, roof }) => ({
          weight: fast > slow || recent.newest > recent.oldest || recent.newest > roof ? 0.5 : 0,
        }),
      });
      return signal.weight;
    });
    expect(faults(report)).toEqual([]);
    expect(report.ties.fragile).toBe(0);
    expect(report.ties.compared).toBeGreaterThan(BARS / 2);
    expect(report.unsettled).toEqual([]);
    expect(report.pathDependent).toEqual([]);
  });

  test("over bursts of NaN, prices of zero, late starts and early ends", () => {
    const [late, early, holed] = [
      walk("LATE", { from: 2000 }),
      walk("EARLY", { to: 1500, seed: 2 }),
      walk("HOLED", { seed: 3 }),
    ];
    holed.columns["close"]!.fill(Number.NaN, 700, 760);
    holed.columns["open"]!.fill(Number.NaN, 701, 761);
    early.columns["low"]!.fill(0, 600, 610);
    const ranked = guarded(
      ({ close }) => {
        const held = node({
          name: "held",
          inputs: { close, mean: sma(close, 50) },
          output: { weight: fraction },
          compute: ({ close: now, mean }) => ({ weight: now > mean && now > 0 ? 0.1 : 0 }),
        });
        return held.weight;
      },
      { series: [walk("A"), late, early, holed] },
    );
    expect(faults(ranked)).toEqual([]);
    expect(ranked.ties.compared).toBeGreaterThan(BARS / 2);
  });

  test("with state, which is reported", () => {
    const report = guarded(({ close }) => {
      const counter = node({
        name: "counter",
        inputs: { close },
        output: { weight: fraction },
        state: () => ({ seen: 0 }),
        compute: ({ close: now }, state) => {
          state.seen += 1;
          return { weight: (now + state.seen) % 2 < 1 ? 1 : 0 };
        },
      });
      return counter.weight;
    });
    expect(faults(report)).toEqual([]);
    expect(report.pathDependent).toEqual(["counter"]);
  });

  test("at the same cuts for the same content, and at others for another", () => {
    const times = Float64Array.from({ length: 1000 }, (_, row) => row);
    expect(chooseCuts(times, SEED)).toEqual(chooseCuts(times, SEED));
    expect(chooseCuts(times, SEED)).not.toEqual(chooseCuts(times, SEED.replaceAll("1", "7")));
    for (const [k, cut] of chooseCuts(times, SEED).entries()) {
      expect(cut).toBeGreaterThanOrEqual(250 * (k + 1));
      expect(cut).toBeLessThan(250 * (k + 1) + 63);
    }
    expect(chooseCuts(times.subarray(0, 1), SEED)).toEqual([]);
    expect(chooseCuts(new Float64Array(0), SEED)).toEqual([]);
  });

  test("the figures are those of the run", () => {
    const free = guarded(cross);
    expect(free.costs.doubled).toEqual(free.costs.asCharged);
    const charged = guarded(cross, { fee: 0.0001 });
    const dearer = guarded(cross, { fee: 0.0002 });
    expect(charged.costs.doubled).toEqual(dearer.costs.asCharged);
    expect(charged.costs.doubled.totalReturn).toBeLessThan(charged.costs.asCharged.totalReturn!);
  });
});

describe("a value from a later bar is found", () => {
  test("stolen through a window's view", () => {
    const report = guarded(({ close, open }) => {
      let cells: ArrayLike<number> = [];
      let at = 0;
      const thief = node({
        name: "thief",
        inputs: { recent: window(close, 2), first: open },
        output: { weight: fraction },
        compute: ({ recent, first }) => {
          const view = recent as unknown as { move(cells: ArrayLike<number>, end: number): void };
          const { move } = view;
          if (!Object.hasOwn(view, "move"))
            view.move = function (this: unknown, all, end) {
              cells = all;
              at = end;
              move.call(this, all, end);
            };
          const tomorrow = cells[at + 1] ?? Number.NaN;
          return { weight: tomorrow > recent.newest && first > 0 ? 1 : 0 };
        },
      });
      return thief.weight;
    });
    const [finding, ...more] = faults(report);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: "look-ahead",
      severity: "fail",
      node: "thief",
      column: "weight",
      symbol: "A",
      input: expect.stringMatching(/^close of stream/),
      values: { "with later bars": 1, "without them": 0 },
    });
    expect(report.cuts).toContain(finding!.bar);
  });

  test("left in a variable by a node that ran ahead", () => {
    const report = guarded(({ close }) => {
      let newest = 0;
      const leaky = node({
        name: "leaky",
        inputs: { close },
        output: { price },
        compute: ({ close: now }) => {
          newest = now;
          return { price: now };
        },
      });
      const reader = node({
        name: "reader",
        inputs: { price: leaky.price },
        output: { weight: fraction },
        compute: ({ price: now }) => ({ weight: newest > now ? 1 : 0 }),
      });
      return reader.weight;
    });
    expect(faults(report)).toMatchObject([{ kind: "look-ahead", node: "reader", column: "weight" }]);
  });

  test("read by a kernel", () => {
    const report = guarded(
      kernelOf({
        name: "test.tomorrow",
        run: (_state, [x], [value], from, to) => {
          for (let row = from; row < to; row++) value![row] = x![row + 1]! > x![row]! ? 1 : 0;
        },
      }),
    );
    expect(faults(report)).toMatchObject([
      { kind: "look-ahead", node: "test.tomorrow()", input: expect.stringMatching(/^close of/) },
    ]);
  });

  test("in a statistic over the whole history", () => {
    const report = guarded(
      kernelOf({
        name: "test.whole-mean",
        run: (_state, [x], [value], from, to) => {
          const mean = (x as Float64Array).reduce((sum, one) => sum + one, 0) / x!.length;
          for (let row = from; row < to; row++) value![row] = x![row]! > mean ? 1 : 0.5;
        },
      }),
    );
    expect(faults(report)).toMatchObject([{ kind: "look-ahead", node: "test.whole-mean()" }]);
  });

  test("in a kernel that repaints", () => {
    const report = guarded(
      kernelOf({
        name: "test.zigzag",
        run: (_state, [x], [value], from, to) => {
          for (let row = from; row < to; row++) {
            value![row] = 0;
            // The turn is drawn where it was, once it is known.
            if (row > 0 && x![row]! < x![row - 1]!) value![row - 1] = 1;
          }
        },
      }),
    );
    expect(faults(report)).toMatchObject([{ kind: "look-ahead", node: "test.zigzag()" }]);
  });

  test("once, at its first node: what follows from it is left out", () => {
    const report = guarded((bars) => {
      const peek = kernelOf({
        name: "test.tomorrow",
        run: (_state, [x], [value], from, to) => {
          for (let row = from; row < to; row++) value![row] = x![row + 1]!;
        },
      })(bars);
      return when(above(sma(peek as never, 3), lag(peek as never, 1) as never), 1, 0, fraction);
    });
    expect(faults(report)).toMatchObject([{ kind: "look-ahead", node: "test.tomorrow()" }]);
  });
});

describe("values that are not the code's own are found", () => {
  test("a variable that counts on", () => {
    const report = guarded(({ close }) => {
      let calls = 0;
      const counting = node({
        name: "counting",
        inputs: { close },
        output: { weight: fraction },
        compute: () => ({ weight: (calls++ % 997) / 997 }),
      });
      return counting.weight;
    });
    expect(faults(report)).toMatchObject([
      { kind: "unrepeatable", severity: "fail", node: "counting", column: "weight", symbol: "A" },
    ]);
  });

  test("a kernel that remembers more than it says", () => {
    const remembering = (settle: number, firstValid: number, decay: number) =>
      guarded(
        kernelOf({
          name: "test.memory",
          firstValid: () => firstValid,
          settle: () => settle,
          run: (state, [x], [value], from, to) => {
            for (let row = from; row < to; row++) {
              state.sum = decay * state.sum + x![row]!;
              value![row] = row < firstValid ? Number.NaN : state.sum / (state.sum + 1);
            }
          },
        }),
      );
    expect(faults(remembering(5, 5, 0.9))).toMatchObject([{ kind: "start", severity: "fail", node: "test.memory()" }]);
    // It says that its memory is infinite, and forgets slower than it says.
    expect(faults(remembering(20, 5, 0.9))).toMatchObject([{ kind: "start", severity: "doubt" }]);
    expect(faults(remembering(400, 5, 0.9))).toEqual([]);
    expect(remembering(2_000, 5, 0.9).unsettled).toEqual(["test.memory()"]);
  });
});

test("code that fails over a part of the history is found", () => {
  const report = guarded(({ close }) => {
    const strict = node({
      name: "strict",
      inputs: { close },
      output: { weight: fraction },
      state: () => ({ seen: 0 }),
      compute: ({ close: now }, state) => {
        if (state.seen++ === 0 && now !== 99.47) throw new Error("not the first bar");
        return { weight: now > 100 ? 1 : 0 };
      },
    });
    return strict.weight;
  });
  expect(faults(report)).toMatchObject([
    {
      kind: "start",
      severity: "doubt",
      node: "strict",
      symbol: "A",
      message: expect.stringContaining("not the first bar"),
    },
  ]);
});

describe("ties", () => {
  test("a coincidence of rounding is found, with what was compared", () => {
    const flat = walk("A");
    flat.columns["close"]!.fill(0.1, 500, 2900);
    const report = guarded(
      ({ close }) => {
        const turn = node({
          name: "turn",
          inputs: { close, mean: sma(close, 7) },
          output: { weight: fraction },
          compute: ({ close: now, mean }) => ({ weight: now > mean ? 1 : 0 }),
        });
        return turn.weight;
      },
      { series: [flat] },
    );
    const [finding] = report.findings.filter(({ kind }) => kind === "tie");
    expect(finding).toMatchObject({ severity: "note", node: "turn", column: "weight", symbol: "A" });
    expect(finding?.values?.["close"]).toBe(0.1);
    expect(finding?.values?.["mean"]).toBeCloseTo(0.1, 12);
    expect(report.ties.fragile).toBeGreaterThan(0);
  });

  test("what is equal in the data is no coincidence", () => {
    const flat = walk("A");
    flat.columns["close"]!.fill(0.1, 500, 2900);
    const report = guarded(({ close }) => when(above(close, lag(highest(close, 7), 1)), 1, 0, fraction), {
      series: [flat],
    });
    expect(report.ties).toMatchObject({ fragile: 0 });
  });
});

test("a run that does not survive doubled costs says so", () => {
  const rising = walk("A");
  for (let row = 0; row < BARS; row++)
    for (const name of ["open", "high", "low", "close"]) rising.columns[name]![row] = 100 * 1.0001 ** row;
  const report = guarded(
    ({ close }) => {
      const flip = node({
        name: "flip",
        inputs: { close },
        output: { weight: fraction },
        state: () => ({ side: 0 }),
        compute: (_inputs, state) => {
          state.side = 1 - state.side;
          return { weight: state.side };
        },
      });
      return flip.weight;
    },
    { series: [rising], fee: 0.00004 },
  );
  expect(report.costs.asCharged.totalReturn).toBeGreaterThan(0);
  expect(report.costs.doubled.totalReturn).toBeLessThan(0);
  expect(report.findings.filter(({ kind }) => kind === "costs")).toHaveLength(1);
});

test("tables that the loader finds are judged against the bars", () => {
  const table = (of: Partial<CapturedTable>): CapturedTable => ({ path: "table", entries: 25, dates: [], ...of });
  const days = (count: number, from = Date.UTC(2020, 0, 5)): number[] =>
    Array.from({ length: count }, (_, day) => from + 24 * HOUR * day);
  const judged = (tables: readonly CapturedTable[]) =>
    guarded(
      ({ close }) => {
        const looked = node({
          name: "looked",
          inputs: { close },
          output: { weight: fraction },
          compute: ({ close: now }) => ({ weight: now > 100 ? 1 : 0 }),
        });
        return looked.weight;
      },
      { code: { locate: () => ({ file: "a.ts", line: 7, column: 3 }), tables: () => tables } },
    );
  const found = judged([table({ dates: days(25), location: { file: "b.ts", line: 2, column: 1 } })]);
  expect(faults(found)).toMatchObject([
    {
      kind: "dated-table",
      severity: "doubt",
      node: "looked",
      input: "table",
      place: { file: "b.ts", line: 2 },
      values: { entries: 25, from: "2020-01-05T00:00:00Z", to: "2020-01-29T00:00:00Z" },
    },
  ]);
  expect(faults(judged([table({ entries: BARS - 2 })]))).toMatchObject([
    { kind: "dated-table", place: { file: "a.ts" } },
  ]);
  expect(faults(judged([table({ dates: days(25, Date.UTC(2010, 0, 1)) })]))).toEqual([]);
  expect(faults(judged([table({ dates: days(12) }), table({ entries: 200 })]))).toEqual([]);
});

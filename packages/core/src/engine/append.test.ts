import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AddedRows } from "../data/panel.ts";
import { isQmtlError } from "../schema/error.ts";
import type { ColumnRef } from "../strategy/graph.ts";
import { createExecution } from "./create-execution.ts";
import type { Execution, ExecutionOptions } from "./execution.ts";
import {
  everyColumn,
  featuresOf,
  GRAPHS,
  graphOf,
  HOUR,
  knownAt,
  type Panels,
  panelsOf,
  recipesFor,
} from "./graphs.test.helper.ts";
import { countUntil } from "./timeline.ts";

type Cells = Map<string, [number, number][]>;

/** The valid rows of columns, as whoever follows them reads them. */
function createReader(execution: Execution, columns: readonly ColumnRef[]) {
  const cells: Cells = new Map();
  const read = new Map<string, number>();
  return {
    cells,
    read() {
      for (const ref of columns)
        for (const [s, series] of execution.kept(ref).series.entries()) {
          const key = `${ref.column} of node ${ref.node}, series ${s}`;
          const rows = cells.get(key) ?? [];
          cells.set(key, rows);
          for (let row = read.get(key) ?? 0; row < series.computed; row++)
            if (row >= series.firstValid)
              rows.push([series.stamps[row - series.origin]!, series.values[row - series.base]!]);
          read.set(key, series.computed);
        }
    },
  };
}

/** The rows of every series after `from` and up to what `to` says for it. */
function rowsBetween(panels: Panels, from: number[], to: number[]): ReadonlyMap<number, AddedRows> {
  let k = 0;
  return new Map(
    [...panels].map(([node, { series }]) => [
      node,
      {
        series: series.map(({ symbol, stamps, columns }) => {
          const first = countUntil(stamps, from[k]!);
          const end = Math.max(first, countUntil(stamps, to[k]!));
          k++;
          return {
            symbol,
            stamps: stamps.slice(first, end),
            columns: Object.fromEntries(
              Object.entries(columns).map(([name, column]) => [name, column.slice(first, end)]),
            ),
          };
        }),
      },
    ]),
  );
}

const CUT = fc.record({
  /** Share of the whole clock that is reached. */
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  /** Hours by which each series is ahead of it. */
  ahead: fc.array(fc.nat(9), { minLength: 6, maxLength: 6 }),
  oneByOne: fc.boolean(),
});

function grow(
  panels: Panels,
  clock: Float64Array,
  begin: number,
  cuts: readonly { readonly to: number; readonly ahead: readonly number[]; readonly oneByOne: boolean }[],
  options: Omit<ExecutionOptions, "panels" | "growing"> & { readonly chunk: number },
  columns: readonly ColumnRef[],
): { execution: Execution; cells: Cells } {
  const place = (share: number): number =>
    share === 0 ? Number.NEGATIVE_INFINITY : clock[Math.ceil(share * clock.length) - 1]!;
  const execution = createExecution({ ...options, panels: knownAt(panels, place(begin)), growing: true });
  const { cells, read } = createReader(execution, columns);
  const series = [...panels.values()].flatMap((panel) => panel.series);
  let given = series.map(() => place(begin));
  const goOn = (to: number): void => {
    execution.admit(to);
    for (;;) {
      const [passed, upcoming, held] = [execution.passed(), execution.upcoming(), execution.clock()];
      if (!(upcoming <= to) || upcoming === Number.POSITIVE_INFINITY) return;
      const next = countUntil(held, upcoming) - 1;
      execution.reach(passed + Math.min(countUntil(held, to), next + options.chunk));
      read();
    }
  };
  for (const { to, ahead, oneByOne } of [...cuts, { to: 1, ahead: [0], oneByOne: false }].sort((a, b) => a.to - b.to)) {
    const until = place(Math.max(begin, to));
    const upTo = series.map((_, k) => Math.max(given[k]!, until + (ahead[k] ?? 0) * HOUR));
    const rows = rowsBetween(panels, given, upTo);
    if (oneByOne)
      for (const [node, { series: of }] of rows)
        for (const one of of) execution.append(new Map([[node, { series: [one] }]]));
    else execution.append(rows);
    given = upTo;
    goOn(until);
  }
  goOn(Number.POSITIVE_INFINITY);
  return { execution, cells };
}

describe.each(Object.keys(GRAPHS))("%s", (name) => {
  const graph = graphOf(name);
  const asked = featuresOf(graph);
  const all = everyColumn(graph);

  test("adding rows in any parts gives the bits of one batch", () => {
    fc.assert(
      fc.property(
        recipesFor(graph),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(CUT, { maxLength: 25 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("generated", "shared", "auto" as const),
        fc.boolean(),
        (recipes, begin, cuts, chunk, userLoop, keepAll) => {
          const panels = panelsOf(graph, recipes);
          const columns = keepAll ? all : asked;
          const batch = createExecution({ graph, panels, keep: columns });
          batch.advance(Number.POSITIVE_INFINITY);
          const whole = createReader(batch, columns);
          whole.read();
          const options = { graph, chunk, userLoop, ...(keepAll ? { keep: all } : { keep: [], follow: asked }) };
          const grown = grow(panels, batch.clock(), begin, cuts, options, columns);
          for (const [key, rows] of whole.cells) expect(grown.cells.get(key), key).toEqual(rows);
          expect(grown.execution.counters()).toEqual(batch.counters());
          expect(grown.execution.passed() + grown.execution.clock().length).toBe(batch.clock().length);
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** An hourly history of one symbol, from `from` bars on. */
function bars(from: number, to: number): AddedRows {
  const stamps = Float64Array.from({ length: to - from }, (_, row) => (from + row + 1) * HOUR);
  const cells = stamps.map((stamp) => 100 + Math.sin(stamp / HOUR));
  const columns = {
    close: cells,
    low: cells.map((cell) => cell - 1),
    count: Int32Array.from(cells),
    phase: Int32Array.from(cells, (_, row) => row % 3),
    live: Uint8Array.from(cells, (_, row) => row % 2),
  };
  return { series: ["A", "B", "C"].map((symbol) => ({ symbol, stamps, columns })) };
}

function startGrowing(name: string, rows: number): { execution: Execution; add(from: number, to: number): void } {
  const graph = graphOf(name);
  const blank = panelsOf(
    graph,
    graph.nodes.map(() => [0, 1, 2].map(() => ({ from: 0, to: 0, holes: [], seed: 1 }))),
  );
  const panels: Panels = new Map(
    [...blank].map(([node, panel]) => [
      node,
      { ...panel, series: bars(0, rows).series.map((series) => ({ ...series, tags: ["x", "y"] })) },
    ]),
  );
  const execution = createExecution({ graph, panels, keep: [], follow: featuresOf(graph), chunk: 200, growing: true });
  execution.advance(Number.POSITIVE_INFINITY);
  return {
    execution,
    add(from, to) {
      execution.append(new Map([...panels.keys()].map((node) => [node, bars(from, to)])));
      execution.advance(Number.POSITIVE_INFINITY);
    },
  };
}

/** Graphs whose streams are all hourly. */
const HOURLY = [
  "windowsAndState",
  "kernels",
  "joinedWindows",
  "acrossSymbols",
  "longerClock",
  "thereAndBack",
  "alignedLeader",
];

test.each(HOURLY)("%s: what is added costs its rows, however long the history is", (name) => {
  const [short, long] = [2_000, 20_000].map((rows) => {
    const { execution, add } = startGrowing(name, rows);
    const before = { rows: execution.counters().rows, laid: execution.extent().laid };
    add(rows, rows + 240);
    return { rows: execution.counters().rows - before.rows, laid: execution.extent().laid - before.laid };
  });
  expect(long).toEqual(short);
});

test.each(HOURLY)("%s: nothing is kept of rows that nobody reads again", (name) => {
  const { execution, add } = startGrowing(name, 20_000);
  const extents: number[] = [];
  for (let hour = 20_000; hour < 40_000; hour += 100) {
    add(hour, hour + 100);
    if (hour > 21_000) extents.push(execution.extent().held);
  }
  expect(Math.max(...extents.slice(100))).toBeLessThanOrEqual(Math.max(...extents.slice(0, 80)));
  expect(execution.clock().length).toBeLessThanOrEqual(100);
});

describe("rows are refused", () => {
  const codeOf = (work: () => void): string | undefined => {
    try {
      work();
      return undefined;
    } catch (error) {
      return isQmtlError(error) ? error.code : String(error);
    }
  };
  const only = (symbol: string, rows: AddedRows): AddedRows => ({
    series: rows.series.filter((series) => series.symbol === symbol),
  });

  test("at stamps that were passed, and none of the others are taken", () => {
    const { execution } = startGrowing("windowsAndState", 10);
    const append = (rows: AddedRows) => execution.append(new Map([[0, rows]]));
    execution.admit(12 * HOUR);
    expect(
      codeOf(() => append({ series: [...only("A", bars(12, 15)).series, ...only("B", bars(11, 15)).series] })),
    ).toBe("engine.late-rows");
    append(bars(12, 15));
    expect(codeOf(() => append(only("C", bars(14, 16))))).toBe("engine.late-rows");
    execution.advance(13 * HOUR);
    expect(execution.upcoming()).toBe(14 * HOUR);
    append(only("C", bars(15, 16)));
    execution.advance(Number.POSITIVE_INFINITY);
    expect(codeOf(() => append(only("A", bars(15, 16))))).toBe("engine.late-rows");
    expect(execution.upcoming()).toBe(Number.POSITIVE_INFINITY);
  });

  test("of a symbol that the execution did not begin with, without a column, or into one that does not grow", () => {
    const { execution } = startGrowing("windowsAndState", 10);
    const [a] = bars(10, 12).series;
    const of = (series: Partial<NonNullable<typeof a>>) => () =>
      execution.append(new Map([[0, { series: [{ ...a!, ...series }] }]]));
    expect(codeOf(of({ symbol: "Z" }))).toBe("engine.unknown-series");
    expect(codeOf(of({ columns: { ...a!.columns, low: a!.stamps.slice(1) } }))).toBe("engine.wrong-rows");
    expect(codeOf(of({ columns: { ...a!.columns, live: a!.stamps } }))).toBe("engine.wrong-rows");
    expect(codeOf(of({ columns: {} }))).toBe("engine.wrong-rows");
    expect(codeOf(of({ stamps: Float64Array.of(Number.NaN, 20 * HOUR) }))).toBe("engine.late-rows");
    const graph = graphOf("windowsAndState");
    const panels = panelsOf(graph, [[0, 1, 2].map(() => ({ from: 0, to: 5, holes: [], seed: 1 }))]);
    expect(codeOf(() => createExecution({ graph, panels, keep: [] }).append(new Map()))).toBe("engine.not-growing");
  });
});

import type { Calendar } from "../data/calendar/calendar.ts";
import type { Panel } from "../data/panel.ts";
import type { Fold } from "../schema/schema.ts";
import type { GraphNode, InputRef, StrategyGraph } from "../strategy/graph.ts";

type Value = number | boolean | string;

/** One bar of one series, by the semantics of the engine and in the plainest way: every row an object, every search linear. */
export interface NaiveRow {
  readonly stamp: number;
  readonly due: number;
  readonly valid: boolean;
  readonly values: Readonly<Record<string, Value>>;
}

interface Naive {
  readonly scope: "symbol" | "market";
  readonly calendar: Calendar;
  readonly series: ReadonlyMap<string, readonly NaiveRow[]>;
}

/** What each node of a graph holds for each symbol when all data is seen; an oracle for the engine. */
export function executeNaively(graph: StrategyGraph, panels: ReadonlyMap<number, Panel>): readonly Naive[] {
  const done: Naive[] = [];
  for (const node of graph.nodes) done.push(executeNode(node, graph, panels, done));
  return done;
}

function executeNode(
  node: GraphNode,
  graph: StrategyGraph,
  panels: ReadonlyMap<number, Panel>,
  done: readonly Naive[],
): Naive {
  const reads = node.inputs.map(({ read }) => read);
  const sources = reads.map((read) => (read.kind === "constant" ? undefined : done[nodeOf(read)]!));
  const first = sources.find((source) => source !== undefined)!;
  const symbols = [...(sources.find((source) => source?.scope === "symbol")?.series.keys() ?? [""])];
  const all = <R extends NaiveRow>(make: (symbol: string) => readonly R[] | undefined): Map<string, readonly R[]> =>
    new Map(
      symbols.flatMap((symbol) => {
        const rows = make(symbol);
        return rows === undefined ? [] : [[symbol, rows] as const];
      }),
    );
  const joined = (symbol: string): readonly Joined[] | undefined => {
    const parts = sources.map((source) => source?.series.get(source.scope === "market" ? "" : symbol));
    if (sources.some((source, k) => source !== undefined && parts[k] === undefined)) return undefined;
    return join(reads, parts);
  };
  const made = (series: Naive["series"], calendar = first.calendar): Naive => ({ scope: node.scope, calendar, series });
  switch (node.kind) {
    case "stream": {
      const panel = panels.get(node.index)!;
      const series = panel.series.map(({ symbol, stamps, columns }): [string, NaiveRow[]] => [
        symbol,
        Array.from(stamps, (stamp, row) => ({
          stamp,
          due: stamp,
          valid: true,
          values: Object.fromEntries(
            Object.entries(node.output).map(([name, cell]) => {
              const stored = columns[name]![row]!;
              if (cell.dtype === "bool") return [name, stored === 1];
              return [name, cell.dtype === "categorical" ? cell.values[stored]! : stored];
            }),
          ),
        })),
      ]);
      return made(new Map(series), panel.calendar);
    }
    case "pick":
      return made(new Map([["", first.series.get(node.symbol)!]]));
    case "cast":
      return made(
        all((symbol) => joined(symbol)!.map((row) => ({ ...row, values: { value: row.inputs[0] as Value } }))),
      );
    case "bar-time":
      return made(all((symbol) => joined(symbol)!.map((row) => ({ ...row, values: { time: row.stamp / 1000 } }))));
    case "user":
      return made(
        all((symbol) => {
          const state: unknown = node.state?.();
          return joined(symbol)?.map((row) => ({
            ...row,
            values: row.valid ? (node.compute(named(node, row), state) as Record<string, Value>) : {},
          }));
        }),
      );
    case "kernel":
      return made(
        all((symbol) => {
          const rows = joined(symbol);
          if (rows === undefined) return undefined;
          const from = rows.findIndex(({ valid }) => valid);
          const used = from < 0 ? [] : rows.slice(from);
          const inputs = node.inputs.map((_, k) => Float64Array.from(used, (row) => Number(row.inputs[k])));
          const outputs = node.kernel.outputs.map(() => new Float64Array(used.length));
          const stamps = Float64Array.from(used, ({ stamp }) => stamp);
          node.kernel.run(node.kernel.create(node.params, []), inputs, outputs, 0, used.length, stamps);
          const warm = from + node.kernel.firstValid(node.params);
          return rows.map((row, at) => ({
            ...row,
            valid: from >= 0 && at >= warm,
            values: Object.fromEntries(
              node.kernel.outputs.map((name, k) => {
                const value = outputs[k]![at - from]!;
                return [name, node.output[name]!.dtype === "bool" ? value === 1 : value];
              }),
            ),
          }));
        }),
      );
    case "cross-section":
    case "aggregate": {
      const members = [...all(joined)];
      const bars = meetings(members, node.kind === "aggregate");
      const results = new Map(members.map(([symbol]) => [symbol, [] as NaiveRow[]]));
      const market: NaiveRow[] = [];
      for (const { stamp, due, present } of bars) {
        const view = (k: number) => ({ length: present.length, at: (i: number) => present[i]![1].inputs[k] });
        const inputs = Object.fromEntries(
          node.inputs.map(({ name, read }, k) => [
            name,
            read.kind === "constant" ? read.value : sources[k]!.scope === "market" ? present[0]![1].inputs[k] : view(k),
          ]),
        );
        if (node.kind === "aggregate") {
          market.push({ stamp, due, valid: true, values: node.compute(inputs) as Record<string, Value> });
          continue;
        }
        const values = present.map((): Record<string, Value> => ({}));
        for (const [name, { dtype }] of Object.entries(node.output))
          for (const one of values) one[name] = dtype === "f64" ? Number.NaN : dtype === "bool" ? false : 0;
        const outOf = (name: string) => ({
          set(i: number, value: Value) {
            values[i]![name] = value;
          },
        });
        const out = Object.fromEntries(Object.keys(node.output).map((name) => [name, outOf(name)]));
        node.compute(inputs, out);
        for (const [i, [symbol]] of present.entries())
          results.get(symbol)!.push({ stamp, due, valid: true, values: values[i]! });
      }
      return made(node.kind === "aggregate" ? new Map([["", market]]) : results);
    }
    case "resample":
      if (node.direction === "longer")
        return made(new Map([...first.series].map(([symbol, rows]) => [symbol, fold(rows, node, graph, first)])));
      return made(
        new Map(
          [...first.series].map(([symbol, rows]) => {
            const stamps = new Set<number>();
            for (const [index, panel] of panels)
              if (graph.nodes[index]!.interval === node.interval)
                for (const one of panel.series)
                  if (node.scope === "market" || one.symbol === symbol)
                    for (const stamp of one.stamps) stamps.add(stamp);
            const clock = [...stamps].sort((a, b) => a - b).map((stamp) => ({ stamp, due: stamp }));
            return [symbol, clock.map((bar) => asOf(rows, bar))];
          }),
        ),
      );
    case "align": {
      const [of, to] = sources as [Naive, Naive];
      return made(
        new Map(
          [...(of.scope === "symbol" ? of : to).series.keys()].flatMap((symbol) => {
            const rows = of.series.get(of.scope === "market" ? "" : symbol);
            const clock = to.series.get(to.scope === "market" ? "" : symbol);
            if (rows === undefined || clock === undefined) return [];
            let age = 0;
            let last: number | undefined;
            const aligned = clock.map((bar) => {
              const row = asOf(rows, bar);
              age = row.from === last ? age + 1 : 0;
              last = row.from;
              if (age <= node.maxAge) return row;
              return { ...row, values: Object.fromEntries(Object.keys(row.values).map((name) => [name, Number.NaN])) };
            });
            return [[symbol, aligned] as const];
          }),
        ),
        to.calendar,
      );
    }
    default:
      throw new Error(`${node.kind} has no oracle`);
  }
}

interface Joined extends NaiveRow {
  readonly inputs: readonly unknown[];
}

function nodeOf(read: Exclude<InputRef, { kind: "constant" }>): number {
  return read.kind === "column" || read.kind === "window" ? read.ref.node : read.node;
}

function named(node: GraphNode, row: Joined): Record<string, unknown> {
  return Object.fromEntries(node.inputs.map(({ name }, k) => [name, row.inputs[k]]));
}

function join(reads: readonly InputRef[], parts: readonly (readonly NaiveRow[] | undefined)[]): Joined[] {
  const present = parts.filter((rows) => rows !== undefined);
  return present[0]!.flatMap(({ stamp }) => {
    const places = parts.map((rows) => rows?.findIndex((row) => row.stamp === stamp));
    if (places.includes(-1)) return [];
    let valid = true;
    let due = stamp;
    const inputs = reads.map((read, k): unknown => {
      if (read.kind === "constant") return read.value;
      const rows = parts[k]!;
      const at = places[k]!;
      due = Math.max(due, rows[at]!.due);
      const depth = read.kind === "window" || read.kind === "window-panel" ? read.bars : 1;
      const recent = rows.slice(Math.max(0, at - depth + 1), at + 1);
      if (recent.length < depth || recent.some((row) => !row.valid)) {
        valid = false;
        return undefined;
      }
      if (read.kind === "column") return rows[at]!.values[read.ref.column];
      if (read.kind === "panel") return rows[at]!.values;
      const over = (column: string) => windowOf(recent.map(({ values }) => values[column]!));
      return read.kind === "window"
        ? over(read.ref.column)
        : Object.fromEntries(read.columns.map((column) => [column, over(column)]));
    });
    return [{ stamp, due, valid, values: {}, inputs }];
  });
}

function windowOf(values: readonly Value[]) {
  return {
    length: values.length,
    newest: values.at(-1),
    oldest: values[0],
    at: (offset: number) => values.at(offset),
    copy: () => (typeof values[0] === "number" ? Float64Array.from(values as number[]) : [...values]),
    [Symbol.iterator]: () => values[Symbol.iterator](),
  };
}

/** Symbols meet where they are known as early as the first of them; a single series leaves out what comes out of order. */
function meetings(members: readonly (readonly [string, readonly Joined[]])[], ordered: boolean) {
  const stamps = [
    ...new Set(members.flatMap(([, rows]) => rows.filter(({ valid }) => valid).map(({ stamp }) => stamp))),
  ];
  const bars = stamps
    .sort((a, b) => a - b)
    .map((stamp) => {
      const there = members.flatMap(([symbol, rows]) => {
        const row = rows.find((one) => one.stamp === stamp && one.valid);
        return row === undefined ? [] : [[symbol, row] as const];
      });
      const due = Math.min(...there.map(([, row]) => row.due));
      return { stamp, due, present: there.filter(([, row]) => row.due === due) };
    });
  return ordered ? bars.filter(({ due }, at) => bars.slice(at + 1).every((later) => later.due >= due)) : bars;
}

function asOf(
  rows: readonly NaiveRow[],
  { stamp, due }: { stamp: number; due: number },
): NaiveRow & { from: number | undefined } {
  const row = rows.findLast((one) => one.stamp <= stamp && one.due <= due);
  return { stamp, due, valid: row?.valid ?? false, values: row?.values ?? {}, from: row?.stamp };
}

function fold(
  rows: readonly NaiveRow[],
  node: Extract<GraphNode, { kind: "resample" }>,
  graph: StrategyGraph,
  { calendar }: Naive,
): NaiveRow[] {
  const groups = new Map<number, NaiveRow[]>();
  for (const row of rows) {
    const end = calendar.barEnd(node.interval, row.stamp);
    groups.set(end, [...(groups.get(end) ?? []), row]);
  }
  const fine = graph.nodes[nodeOf(node.inputs[0]!.read as Exclude<InputRef, { kind: "constant" }>)]!.interval;
  return [...groups].flatMap(([stamp, bars], at) => {
    const next = rows.find((row) => row.stamp > bars.at(-1)!.stamp);
    const due = bars.at(-1)!.stamp === stamp ? bars.at(-1)!.due : next?.due;
    if (due === undefined) return [];
    const before = calendar.slots(fine, bars[0]!.stamp - 40 * 86_400_000, bars[0]!.stamp - 1).at(-1);
    if (at === 0 && before !== undefined && calendar.barEnd(node.interval, before) === stamp) return [];
    const values = Object.fromEntries(
      Object.keys(node.output).map((name) => [
        name,
        folded(
          node.fold[name] ?? "last",
          bars.map(({ values }) => values[name]!),
        ),
      ]),
    );
    return [{ stamp, due, valid: bars.every(({ valid }) => valid), values }];
  });
}

function folded(how: Fold, values: readonly Value[]): Value {
  const numbers = values as readonly number[];
  switch (how) {
    case "first":
      return values[0]!;
    case "last":
      return values.at(-1)!;
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
    case "sum":
      return numbers.reduce((sum, value) => sum + value);
    case "mean":
      return numbers.reduce((sum, value) => sum + value) / numbers.length;
  }
}

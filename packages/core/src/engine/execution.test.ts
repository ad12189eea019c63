import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell } from "../schema/cell.ts";
import type { ColumnRef, StrategyGraph } from "../strategy/graph.ts";
import { createExecution } from "./create-execution.ts";
import type { Execution, ExecutionOptions, KeptColumn } from "./execution.ts";
import {
  everyColumn,
  featuresOf,
  GRAPHS,
  graphOf,
  knownAt,
  type Panels,
  panelsOf,
  recipesFor,
} from "./graphs.test.helper.ts";
import { executeNaively } from "./naive-execution.test.helper.ts";

type Options = Omit<ExecutionOptions, "graph" | "panels">;

function execute(graph: StrategyGraph, panels: Panels, options: Options, cuts: readonly number[] = []): Execution {
  const execution = createExecution({ graph, panels, ...options });
  for (const cut of [...cuts].sort((a, b) => a - b)) execution.advance(cut);
  execution.advance(cuts.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...cuts));
  return execution;
}

/** What a column holds, row by row: the computed and valid ones. */
function rowsOf(kept: KeptColumn): readonly (readonly (readonly [number, number])[])[] {
  return kept.series.map(({ stamps, values, firstValid, computed }) =>
    Array.from({ length: Math.max(0, computed - firstValid) }, (_, at) => {
      const row = firstValid + at;
      return [stamps[row]!, values[row]!] as const;
    }),
  );
}

function expectSame(a: Execution, b: Execution, columns: readonly ColumnRef[], where: string): void {
  for (const ref of columns) {
    const [mine, other] = [rowsOf(a.kept(ref)), rowsOf(b.kept(ref))];
    expect(mine.length).toBe(other.length);
    for (const [s, rows] of mine.entries()) {
      const place = `${where}: ${ref.column} of node ${ref.node}, series ${s}`;
      if (rows.length !== other[s]!.length) expect.fail(`${place}: ${rows.length} and ${other[s]!.length} rows`);
      for (const [row, [stamp, value]] of rows.entries()) {
        const [otherStamp, otherValue] = other[s]![row]!;
        if (stamp !== otherStamp || !Object.is(value, otherValue))
          expect.fail(`${place}, row ${row}: ${value} at ${stamp}, and ${otherValue} at ${otherStamp}`);
      }
    }
  }
}

function decoded(cell: Cell, stored: number): unknown {
  if (cell.dtype === "bool") return stored === 1;
  return cell.dtype === "categorical" ? cell.values[stored] : stored;
}

describe.each(Object.keys(GRAPHS))("%s", (name) => {
  const graph = graphOf(name);
  const asked = featuresOf(graph);
  const all = everyColumn(graph);

  test("gives what the plainest execution gives", () => {
    if (name === "dice") return;
    fc.assert(
      fc.property(recipesFor(graph), (recipes) => {
        const panels = panelsOf(graph, recipes);
        const execution = execute(graph, panels, { keep: all });
        const naive = executeNaively(graph, panels);
        for (const { node, column } of all) {
          const kept = execution.kept({ node, column });
          const cell = graph.nodes[node]!.output[column]!;
          expect(kept.series.map(({ symbol }) => symbol)).toEqual([...naive[node]!.series.keys()]);
          for (const { symbol, stamps, values, firstValid, computed } of kept.series) {
            const place = `${column} of node ${node} (${graph.nodes[node]!.kind}), ${symbol || "market"}`;
            const rows = naive[node]!.series.get(symbol)!;
            expect(computed, place).toBe(stamps.length);
            const valid = rows.filter((row) => row.valid).map((row) => [row.stamp, row.values[column]]);
            const mine = Array.from(stamps)
              .slice(firstValid)
              .map((stamp, at) => [stamp, decoded(cell, values[firstValid + at]!)]);
            expect(mine, place).toEqual(valid);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test("gives the same bits however it is advanced, chunked and looped", () => {
    fc.assert(
      fc.property(
        recipesFor(graph),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("generated", "shared", "auto" as const),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (recipes, chunk, userLoop, share, keepAll) => {
          const panels = panelsOf(graph, recipes);
          const whole = execute(graph, panels, { keep: all, userLoop: "shared" });
          const cuts = [...whole.clock()].filter((stamp) => (stamp * 2654435761) % 1000 < share * 1000);
          const keep = keepAll ? all : asked;
          const pieces = execute(graph, panels, { keep, chunk, userLoop }, [...cuts, whole.clock().at(-1) ?? 0]);
          expectSame(pieces, whole, keep, `${cuts.length} cuts, chunk ${chunk}`);
          expect(pieces.counters()).toEqual(whole.counters());
        },
      ),
      { numRuns: 30 },
    );
  });

  test("computes at each stamp what it would if nothing came after it", () => {
    fc.assert(
      fc.property(recipesFor(graph), fc.double({ min: 0.2, max: 1, noNaN: true }), (recipes, share) => {
        const panels = panelsOf(graph, recipes);
        const execution = createExecution({ graph, panels, keep: all });
        const cut = execution.clock()[Math.floor((execution.clock().length - 1) * share)];
        if (cut === undefined) return;
        execution.advance(cut);
        const known = execute(graph, knownAt(panels, cut), { keep: all });
        expectSame(known, execution, all, `known at ${cut}`);
      }),
      { numRuns: 30 },
    );
  });
});

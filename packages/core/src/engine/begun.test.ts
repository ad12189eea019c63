import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnRef, StrategyGraph, UserNode } from "../strategy/graph.ts";
import { createExecution } from "./create-execution.ts";
import type { Execution, KnownNode } from "./execution.ts";
import { everyColumn, GRAPHS, graphOf, panelsOf, recipesFor } from "./graphs.test.helper.ts";

/** The valid cells of every series, as text that tells all bits apart but those of NaN. */
function cellsOf(execution: Execution, columns: readonly ColumnRef[]): readonly (readonly string[])[] {
  return columns.map((ref) =>
    execution
      .kept(ref)
      .series.map(({ values, firstValid, computed }) =>
        Array.from(values.subarray(firstValid, computed), (cell) => (Object.is(cell, -0) ? "-0" : String(cell))).join(),
      ),
  );
}

const isStateless = (node: StrategyGraph["nodes"][number]): node is UserNode =>
  node.kind === "user" && node.state === undefined;

/** The graph, and how often the author's functions were called. */
function counted(graph: StrategyGraph): { readonly graph: StrategyGraph; readonly calls: () => number } {
  let calls = 0;
  const nodes = graph.nodes.map((node) => {
    if (!isStateless(node)) return node;
    const { compute } = node;
    const counting: typeof compute = (inputs, state) => {
      calls++;
      return compute(inputs, state);
    };
    return { ...node, compute: counting };
  });
  return { graph: { ...graph, nodes }, calls: () => calls };
}

const NAMES = Object.keys(GRAPHS).filter((name) => graphOf(name).nodes.some(isStateless));

describe.each(NAMES)("%s", (name) => {
  const graph = graphOf(name);
  const all = everyColumn(graph);
  const begins = graph.nodes.filter(isStateless);

  test("goes on from first cells that were computed before, with the same bits and without calling the author for them", () => {
    fc.assert(
      fc.property(
        recipesFor(graph),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (recipes, share, growing, chunk) => {
          const panels = panelsOf(graph, recipes);
          const whole = counted(graph);
          const plain = createExecution({ graph: whole.graph, panels, keep: all });
          plain.advance(Number.POSITIVE_INFINITY);
          let known = 0;
          const begun = new Map(
            begins.map((node): [number, KnownNode] => [
              node.index,
              Object.fromEntries(
                Object.keys(node.output).map((column, k) => [
                  column,
                  plain.kept({ node: node.index, column }).series.map(({ values, firstValid }) => {
                    const rows = Math.round(share * values.length);
                    if (k === 0) known += Math.max(0, rows - firstValid);
                    return values.slice(0, rows);
                  }),
                ]),
              ),
            ]),
          );
          const rest = counted(graph);
          const warm = createExecution({ graph: rest.graph, panels, keep: all, begun, chunk, growing });
          warm.advance(Number.POSITIVE_INFINITY);
          expect(cellsOf(warm, all)).toEqual(cellsOf(plain, all));
          expect(rest.calls()).toBe(whole.calls() - known);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("what keeps state, or is no function of the author, can't be begun", () => {
  expect(NAMES.length).toBeGreaterThan(2);
  for (const name of Object.keys(GRAPHS)) {
    const graph = graphOf(name);
    const panels = panelsOf(graph, fc.sample(recipesFor(graph), { numRuns: 1, seed: 1 })[0]!);
    for (const node of graph.nodes) {
      if (isStateless(node) || node.kind === "stream" || node.kind === "cast" || node.kind === "pick") continue;
      const begun = new Map([[node.index, {}]]);
      expect(() => createExecution({ graph, panels, keep: everyColumn(graph), begun })).toThrow(
        expect.objectContaining({ code: "engine.not-begun" }),
      );
    }
  }
});

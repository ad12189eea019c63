import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnRef } from "../strategy/graph.ts";
import { createExecution } from "./create-execution.ts";
import type { Execution } from "./execution.ts";
import { everyColumn, GRAPHS, graphOf, panelsOf, recipesFor } from "./graphs.test.helper.ts";

function cellsOf(execution: Execution, columns: readonly ColumnRef[]): readonly string[] {
  return columns.flatMap((ref) =>
    execution.kept(ref).series.map(({ values, firstValid, computed }) => values.slice(firstValid, computed).join()),
  );
}

describe.each(Object.keys(GRAPHS))("%s, measured", (name) => {
  const graph = graphOf(name);
  const all = everyColumn(graph);

  test("has the bits that it has unmeasured, and a time for each node that computes", () => {
    fc.assert(
      fc.property(recipesFor(graph), fc.integer({ min: 1, max: 9 }), (recipes, chunk) => {
        const panels = panelsOf(graph, recipes);
        const plain = createExecution({ graph, panels, keep: all, chunk });
        plain.advance(Number.POSITIVE_INFINITY);
        // Each look at this clock is a millisecond, and nothing else takes any.
        let looks = 0;
        const measure = () => looks++;
        const timed = createExecution({ graph, panels, keep: all, chunk, userLoop: "generated", measure });
        timed.advance(Number.POSITIVE_INFINITY);
        expect(cellsOf(timed, all)).toEqual(cellsOf(plain, all));
        expect(plain.spent()).toHaveLength(0);
        const spent = timed.spent();
        expect(spent.reduce((sum, ms) => sum + ms, 0)).toBe(looks / 2);
        const slices = Math.ceil(timed.clock().length / chunk);
        for (const { index, kind } of graph.nodes) {
          // Those that hand on what others computed.
          if (["stream", "pick", "cast", "label"].includes(kind)) expect(spent[index]).toBe(0);
          else expect(spent[index]! >= slices, `${kind} ${index}`).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});

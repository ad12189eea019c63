import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GRAPHS, graphOf, type Panels, panelsOf, recipesFor } from "../engine/graphs.test.helper.ts";
import { namingOfGraph } from "./naming.test.helper.ts";
import { checkPrefix } from "./prefix.ts";
import { checkStart } from "./start.ts";

function clockOf(panels: Panels): readonly number[] {
  const stamps = [...panels.values()].flatMap(({ series }) => series.flatMap((one) => [...one.stamps]));
  return [...new Set(stamps)].sort((a, b) => a - b);
}

// Graphs of every kind of node over panels with holes, late starts and early ends: nothing in the engine looks ahead.
describe.each(Object.keys(GRAPHS))("%s", (name) => {
  const graph = graphOf(name);
  const naming = namingOfGraph(graph);
  const part = fc.double({ min: 0, max: 1, noNaN: true });

  test("has no finding, wherever it is started and cut", () => {
    let compared = 0;
    fc.assert(
      fc.property(recipesFor(graph), part, part, part, (recipes, a, b, c) => {
        const panels = panelsOf(graph, recipes);
        const clock = clockOf(panels);
        if (clock.length < 4) return;
        const [from, start, cut] = [a, b, c].sort((x, y) => x - y).map((at) => Math.floor(at * (clock.length - 1)));
        const until = clock[cut!]!;
        const after = from === 0 ? Number.NEGATIVE_INFINITY : clock[from!]!;
        const { findings, known } = checkPrefix({
          graph,
          panels,
          stretch: { after, until },
          horizon: Number.POSITIVE_INFINITY,
          naming,
        });
        expect(findings).toEqual([]);
        const later = checkStart({ whole: known, stretch: { after: clock[start!]!, until }, naming });
        expect(later.findings).toEqual([]);
        compared += known.rows;
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

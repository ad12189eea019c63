import type { GraphAnswer } from "@qmtl/lsp";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hotPath, msText, percentText, timeOf } from "./hot-path.ts";
import { HEAD, layoutOf, pathOf, ROW } from "./layout.ts";
import { columnKey, lineageOf, readersOf } from "./lineage.ts";
import type { Picture } from "./picture.ts";
import { nodeAt, type WireLocation } from "./place-at.ts";
import { picturesOf } from "./read-pictures.ts";
import { neighbour } from "./walk.ts";

const uri = "file:///s.ts";
const place = (line: number, from: number, to: number, end = line): WireLocation => ({
  uri,
  range: { start: { line, character: from }, end: { line: end, character: to } },
});

/** bars.close -> fast and slow -> trend, which reads a window of bars.close too -> what is decided. */
const answer: GraphAnswer<WireLocation> = {
  strategies: [
    {
      name: "sma-cross",
      place: place(0, 0, 10),
      nodes: [
        {
          ...{ id: 0, kind: "stream", label: "stream", variable: "bars", place: place(1, 0, 20), interval: "1d" },
          ...{ scope: "symbol", domains: "all", warmUp: { firstValid: 0, settle: 0 }, reachesResult: true, runs: 0 },
          columns: ["open", "close"].map((name) => ({ name, cell: "price", place: null, from: [] })),
        },
        ...[1, 2].map((id) => ({
          ...{ id, kind: "kernel", label: "sma", variable: null, place: place(3 + id, 10, 30), interval: "1d" },
          ...{ scope: "symbol" as const, domains: "all" as const, reachesResult: true, runs: id },
          warmUp: { firstValid: 9 * id, settle: 9 * id },
          columns: [{ name: "value", cell: "price", place: null, from: [{ node: 0, column: "close" }] }],
        })),
        {
          ...{ id: 3, kind: "user", label: "trend", variable: "trend", place: place(3, 0, 2, 9), interval: "1d" },
          ...{ scope: "symbol", domains: ["backtest", "dryrun"], warmUp: { firstValid: 1, settle: null } },
          reachesResult: true,
          runs: 3,
          columns: [
            {
              ...{ name: "weight", cell: "fraction", place: place(7, 10, 18) },
              from: [
                { node: 1, column: "value" },
                { node: 2, column: "value" },
                { node: 0, column: "close" },
              ],
            },
          ],
        },
        {
          ...{ id: 4, kind: "kernel", label: "rsi", variable: "unused", place: null, interval: null, scope: null },
          ...{ domains: null, warmUp: null, reachesResult: false, columns: null, runs: null },
        },
      ],
      edges: [
        { from: 0, to: 1, input: "column", column: "close", window: null },
        { from: 0, to: 2, input: "column", column: "close", window: null },
        { from: 1, to: 3, input: "fast", column: "value", window: null },
        { from: 2, to: 3, input: "slow", column: "value", window: null },
        { from: 0, to: 3, input: "recent", column: "close", window: "20" },
        { from: 3, to: "result", input: "target", column: "weight", window: null },
      ],
      result: "targetWeights",
      unknowns: [{ message: "The label is computed", place: null }],
    },
  ],
};
const [drawn] = picturesOf(answer);
const { picture, places } = drawn!;
const node = (key: string) => picture.nodes.find((one) => one.key === key);

describe("a picture", () => {
  test("names a node by its variable, else by its label, and tells those of one name apart", () => {
    expect(picture.nodes.map(({ key }) => key)).toEqual(["bars", "sma", "sma 2", "trend", "unused", "result"]);
    expect(picture.nodes.map(({ title }) => title)).toEqual(["bars", "sma", "sma", "trend", "unused", "targetWeights"]);
  });

  test("says what is known of a node, and leaves out what is not", () => {
    expect(node("trend")).toMatchObject({
      kind: "node",
      warmUp: "1 bar, depends on the start of the data",
      domains: ["backtest", "dryrun"],
      isRestricted: true,
    });
    expect(node("bars")).toMatchObject({ kind: "stream", warmUp: "0 bars", isRestricted: false });
    expect(node("unused")).toMatchObject({
      kind: "kernel · rsi",
      interval: "",
      warmUp: "",
      domains: null,
      columns: null,
    });
    expect(picture.unknowns).toEqual(["The label is computed"]);
  });

  test("ends in what is decided, with a column for each thing that it reads", () => {
    expect(node("result")?.columns).toEqual([
      { name: "target", cell: "", from: [{ node: "trend", column: "weight" }] },
    ]);
  });
});

describe("lineage", () => {
  test("goes back to the data and on to the decision", () => {
    const { upstream, downstream, upstreamEdges, downstreamEdges } = lineageOf(picture, {
      node: "sma",
      column: "value",
    });
    expect([...upstream]).toEqual(["bars\nclose"]);
    expect([...downstream].sort()).toEqual(["result\ntarget", "trend\nweight"]);
    expect([...upstreamEdges].map(({ to }) => to)).toEqual(["sma"]);
    expect([...downstreamEdges].map(({ from, to }) => [from, to])).toEqual([
      ["sma", "trend"],
      ["trend", "result"],
    ]);
  });

  test("leaves out columns that have nothing to do with it", () => {
    const { upstream, downstream } = lineageOf(picture, { node: "bars", column: "open" });
    expect([upstream.size, downstream.size]).toEqual([0, 0]);
    expect(readersOf(picture, { node: "bars", column: "close" }).map(columnKey)).toEqual([
      "sma\nvalue",
      "sma 2\nvalue",
      "trend\nweight",
    ]);
  });

  test("of all graphs: what comes from a column is what the column goes to", () => {
    fc.assert(
      fc.property(anyPicture, ({ nodes, edges, ...rest }) => {
        const any: Picture = { nodes, edges, ...rest };
        for (const a of nodes)
          for (const key of lineageOf(any, { node: a.key, column: "c" }).downstream) {
            const b = key.slice(0, key.indexOf("\n"));
            expect(lineageOf(any, { node: b, column: "c" }).upstream).toContain(`${a.key}\nc`);
          }
      }),
    );
  });
});

/** Nodes of one column each, which read some of the nodes before them. */
const anyPicture: fc.Arbitrary<Picture> = fc
  .array(fc.array(fc.nat(20), { maxLength: 3 }), { maxLength: 12 })
  .map((all) => {
    const reads = all.map((from, i) => [...new Set(from.filter((one) => one < i))]);
    return {
      name: "any",
      unknowns: [],
      nodes: reads.map((from, i) => ({
        ...{ key: `n${i}`, title: `n${i}`, kind: "node", interval: "1d", warmUp: "", domains: [], isRestricted: false },
        ...{ reachesResult: true, hasPlace: true, runs: i },
        columns: [{ name: "c", cell: "f64", from: from.map((one) => ({ node: `n${one}`, column: "c" })) }],
      })),
      edges: reads.flatMap((from, i) =>
        from.map((one) => ({ from: `n${one}`, column: "c", to: `n${i}`, input: "x", window: null })),
      ),
    };
  });

describe("the layout", () => {
  test("puts every consumer to the right of what it reads, and no node on another", () => {
    fc.assert(
      fc.property(anyPicture, (any) => {
        const { boxes, routes, width, height } = layoutOf(any);
        const box = new Map(boxes.map((one) => [one.node.key, one]));
        for (const { from, to } of any.edges)
          expect(box.get(from)!.x + box.get(from)!.width).toBeLessThan(box.get(to)!.x);
        for (const a of boxes) {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
          for (const b of boxes) {
            if (a === b) continue;
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart).toBe(true);
          }
        }
        expect(routes).toHaveLength(any.edges.length);
      }),
      { numRuns: 60 },
    );
  });

  test("is the same for the same picture", () => {
    expect(layoutOf(picture)).toEqual(layoutOf(structuredClone(picture)));
  });

  test("leads an edge from the row of its column to its consumer, from left to right", () => {
    const { boxes, routes } = layoutOf(picture);
    const bars = boxes.find(({ node: { key } }) => key === "bars")!;
    const route = routes.find(({ edge }) => edge.to === "trend" && edge.from === "bars")!;
    expect(route.points[0]).toEqual({ x: bars.x + bars.width, y: bars.y + HEAD + ROW + ROW / 2 });
    const xs = route.points.map(({ x }) => x);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    expect(xs.length).toBeGreaterThan(2);
    expect(pathOf([])).toBe("");
    expect(
      pathOf([
        { x: 0, y: 0 },
        { x: 100, y: 10.04 },
      ]),
    ).toBe("M0 0C50 0 50 10 100 10");
  });

  test("shows of many columns those that are read", () => {
    const columns = Array.from({ length: 40 }, (_, i) => ({ name: `c${i}`, cell: "f64", from: [] }));
    const wide: Picture = {
      ...picture,
      nodes: picture.nodes.map((one) =>
        one.key === "bars" ? { ...one, columns: [...columns, ...one.columns!] } : one,
      ),
    };
    const bars = layoutOf(wide).boxes.find(({ node: { key } }) => key === "bars")!;
    expect(bars.rows.map(({ name }) => name)).toEqual(["close"]);
    expect(bars.hidden).toBe(41);
  });
});

describe("the hot path", () => {
  const times = { of: "a run", ms: { 1: 2, 2: 5, 3: 3, 7: 10 } };

  test("leads from the data to the decision through what took longest", () => {
    const { nodes, edges, ms, total } = hotPath(picture, times);
    expect(nodes).toEqual(["bars", "sma 2", "trend", "result"]);
    expect([...edges].map(({ from, to }) => [from, to])).toEqual([
      ["trend", "result"],
      ["sma 2", "trend"],
      ["bars", "sma 2"],
    ]);
    // What ran and is not drawn counts in the whole.
    expect([ms, total]).toEqual([8, 20]);
    expect(timeOf(node("trend")!, times)).toEqual({ ms: 3, share: 0.15 });
    expect([timeOf(node("bars")!, times), timeOf(node("unused")!, times)]).toEqual([undefined, undefined]);
  });

  test("of all graphs: takes as long as the longest of all ways to its end", () => {
    fc.assert(
      fc.property(anyPicture, fc.array(fc.nat(9), { minLength: 12, maxLength: 12 }), (any, ms) => {
        fc.pre(any.nodes.length > 0);
        const longest = (key: string): number =>
          ms[Number(key.slice(1))]! +
          Math.max(0, ...any.edges.filter(({ to }) => to === key).map(({ from }) => longest(from)));
        const path = hotPath(any, { of: "a run", ms: { ...ms } });
        expect(path.ms).toBe(longest(any.nodes.at(-1)!.key));
        expect(path.nodes.reduce((sum, key) => sum + ms[Number(key.slice(1))]!, 0)).toBe(path.ms);
        expect(path.edges.size).toBe(path.nodes.length - 1);
      }),
    );
  });

  test("is told in few digits", () => {
    expect([0.0149, 9.994, 12.34, 1234.5].map(msText)).toEqual(["0.01 ms", "9.99 ms", "12.3 ms", "1235 ms"]);
    expect([0, 0.004, 0.126, 1].map(percentText)).toEqual(["0 %", "<1 %", "13 %", "100 %"]);
  });
});

describe("an arrow key", () => {
  const layout = layoutOf(picture);
  const go = (from: string, direction: Parameters<typeof neighbour>[3]) => neighbour(picture, layout, from, direction);

  test("leads along an edge, to the nearest end of it", () => {
    expect(["sma", "sma 2"]).toContain(go("bars", "consumer"));
    expect(go("sma", "consumer")).toBe("trend");
    expect(go("trend", "consumer")).toBe("result");
    expect(go("sma", "input")).toBe("bars");
    expect(go("result", "consumer")).toBeUndefined();
  });

  test("leads to what stands above and below in the same rank, and back", () => {
    const below = [go("sma", "below"), go("sma", "above")].find((key) => key === "sma 2");
    expect(below).toBe("sma 2");
    expect(go("bars", "first")).toBe("bars");
    expect(go("bars", "last")).toBe("result");
  });
});

describe("a caret", () => {
  const at = (line: number, character: number, word?: string) =>
    nodeAt(places, { uri, position: { line, character }, word });

  test("stands in the innermost node that holds it", () => {
    expect(at(4, 12)).toEqual({ node: "sma", column: null });
    expect(at(6, 3)).toEqual({ node: "trend", column: null });
    expect(at(7, 12)).toEqual({ node: "trend", column: "weight" });
    expect(at(20, 0)).toBeUndefined();
    expect(
      nodeAt(places, { uri: "file:///other.ts", position: { line: 4, character: 12 }, word: undefined }),
    ).toBeUndefined();
  });

  test("on a variable stands for what the variable is", () => {
    expect(at(20, 4, "bars")).toEqual({ node: "bars", column: null });
    expect(at(20, 4, "nothing")).toBeUndefined();
  });
});

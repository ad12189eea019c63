import { describe, expect, test } from "vitest";
import { downstreamOf, hierarchyItemAt, upstreamOf } from "./call-hierarchy.ts";
import { codeLensesOf } from "./code-lens.ts";
import { definitionsAt, referencesOf } from "./definition.ts";
import { foldingRangesOf } from "./folding.ts";
import { graphAnswerOf } from "./graph.ts";
import { hoverAt } from "./hover.ts";
import { inlayHintsOf } from "./inlay-hints.ts";
import { markedFiles, rangeText, SAMPLE } from "./marked-text.test.kit.ts";
import { rename } from "./rename.ts";
import { semanticTokensOf } from "./semantic-tokens.ts";
import { symbolsOf } from "./symbols.ts";
import { markAt } from "./view.ts";

const sample = () => markedFiles({ "a.ts": SAMPLE });
const whole = { start: { line: 1, column: 1 }, end: { line: 1000, column: 1 } };

describe("definition", () => {
  test.each([
    ["1", ["2"]],
    ["2", ["2"]],
    ["3", ["20"]],
    ["4", ["3"]],
    ["6", ["4"]],
  ])("at %s", (at, ranges) => {
    const { view, position, range } = sample();
    expect(definitionsAt(view, position(at)).map(rangeText)).toEqual(ranges.map(range));
  });
});

describe("references and rename", () => {
  test("a column: where it is declared, returned and read", () => {
    const { view, position, range } = sample();
    const mark = markAt(view, position("6"))!;
    const found = referencesOf(mark.key, [view.marks()], { definitions: true });
    expect(found.map(({ place }) => rangeText(place))).toEqual(["4", "7", "8", "9"].map(range));
    const renamed = rename(mark, "size", [view.marks()]);
    expect(renamed).toMatchObject({ kind: "edits" });
    expect(renamed.kind === "edits" && renamed.edits.map(({ text }) => text)).toEqual(["size", "size", "size", "size"]);
  });
  test("an input, whose name is also a variable", () => {
    const { view, position, range } = sample();
    const mark = markAt(view, { ...position("4"), column: position("4").column })!;
    expect(mark.subject).toMatchObject({ kind: "input", input: "fast" });
    const pattern = view.marks().find(({ key, shorthand }) => key === mark.key && shorthand)!;
    expect(rangeText(pattern.place)).toBe(range("5"));
    const renamed = rename(pattern, "quick", [view.marks()]);
    expect(renamed.kind === "edits" && renamed.edits.map(({ place, text }) => [rangeText(place), text])).toEqual([
      [range("3"), "quick"],
      [range("5"), "quick: fast"],
    ]);
  });
  test("a column of the library keeps its name", () => {
    const { view, position } = sample();
    const close = view.marks().find(({ place, named }) => named && rangeText(place) === sample().range("6"))!;
    expect(rename(close, "last", [view.marks()])).toMatchObject({ kind: "refused" });
    expect(rename(markAt(view, position("5")), "last", [view.marks()])).toMatchObject({ kind: "refused" });
  });
});

test("hover tells columns, clock and the way of the warm-up", () => {
  const { view, position } = sample();
  const node = hoverAt(view, position("1"))!;
  expect(node.markdown).toContain("**trend**: a node");
  expect(node.markdown).toContain("| `weight` | f64 fraction |");
  expect(node.markdown).toContain("settled after 28 bars: stream → sma +9 → trend +19");
  expect(hoverAt(view, position("3"))!.markdown).toContain("a whole number from 2 to 200; 10 unless said otherwise");
  expect(hoverAt(view, position("4"))!.markdown).toContain("`value` of sma (f64 price)");
  expect(hoverAt(view, position("6"))!.markdown).toContain("**weight** of **trend**: f64 fraction");
});

test("hover names the worlds that fit and what the last run wrote down", () => {
  const { view, position } = sample();
  const sources = {
    worldsOf: () => ["sp500-trend (daily)"],
    lastRun: () => ({
      format: 1 as const,
      world: "lab",
      params: {},
      files: {},
      cached: true,
      nodes: ["stream", "kernel", "user"].map((kind) => ({ kind, id: `id-of-${kind}` })),
    }),
  };
  const bars = view.marks().find(({ subject, role }) => subject.kind === "node" && role === "definition")!;
  expect(hoverAt(view, bars.place.start, sources)!.markdown).toContain("Fits sp500-trend (daily).");
  expect(hoverAt(view, position("1"), sources)!.markdown).toContain(
    "NodeID `id-of-user` in the last run in lab, which was known",
  );
});

test("beside the name of the strategy stands whether it would be computed again", () => {
  const { view } = sample();
  const last = (isCurrent: boolean) => inlayHintsOf(view, whole, { world: "lab", isCurrent });
  const [hint] = last(true).filter(({ text }) => text === " · cached in lab");
  expect(
    view.reading.linked.entry.file.text.split("\n")[hint!.position.line - 1]!.slice(0, hint!.position.column - 1),
  ).toMatch(/name: "sample"$/);
  const changed = last(false).find(({ text }) => text === " · will recompute what changed in lab");
  expect(changed?.position).toEqual(hint!.position);
  expect(last(true)).toHaveLength(inlayHintsOf(view, whole).length + 1);
});

test("symbols, hints, lenses, tokens, folds", () => {
  const { view } = sample();
  const [strategy] = symbolsOf(view);
  expect(strategy).toMatchObject({ name: "sample", kind: "strategy", detail: "default" });
  expect(strategy!.children.map(({ name }) => name)).toEqual(["fast", "bars", "ko", "trend"]);
  expect(strategy!.children[3]!.children.map(({ name, detail }) => `${name} ${detail}`)).toEqual([
    "weight f64 fraction",
    "side f64",
  ]);
  expect(inlayHintsOf(view, whole).map(({ text }) => text)).toEqual([
    ": { open, high, low, … 5 columns } · 1d",
    ": { open, high, low, … 5 columns } · 1d",
    ": { weight, side } · 1d · warm-up 28 bars",
  ]);
  expect(codeLensesOf(view)).toMatchObject([{ strategy: "sample", submits: true }]);
  const tokens = semanticTokensOf(view);
  expect(tokens.filter(({ modifiers }) => modifiers[0] === "tag")).toHaveLength(1);
  expect(tokens.filter(({ modifiers }) => modifiers[0] === "symbol")).toHaveLength(1);
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1];
    if (next?.start.line === token.start.line)
      expect(next.start.column).toBeGreaterThanOrEqual(token.start.column + token.length);
  }
  expect(foldingRangesOf(view)).toEqual([
    { from: 5, to: 21 },
    { from: 11, to: 18 },
  ]);
});

test("upstream is what a node reads, downstream what reads it", () => {
  const { view, position } = sample();
  const trend = hierarchyItemAt(view, position("1"))!;
  expect(trend.name).toBe("trend");
  expect(upstreamOf(view, trend).map(({ item, reads }) => [item.name, reads.length])).toEqual([
    ["sma", 1],
    ["bars", 2],
  ]);
  const bars = upstreamOf(view, trend)[1]!.item;
  expect(downstreamOf(view, bars).map(({ item }) => item.name)).toEqual(["ko", "sma", "trend"]);
});

test("the graph as data", () => {
  const { view } = sample();
  const [graph] = graphAnswerOf(view, rangeText).strategies;
  expect(graph!.nodes.map(({ label, variable, reachesResult }) => [label, variable, reachesResult])).toEqual([
    ["stream", "bars", true],
    ["pick", "ko", false],
    ["sma", null, true],
    ["trend", "trend", true],
  ]);
  // What does not reach the decision has no place in the graph that runs.
  expect(graph!.nodes.map(({ runs }) => runs)).toEqual([0, null, 1, 2]);
  expect(graph!.edges.at(-1)).toEqual({ from: 3, to: "result", input: "target", column: "weight", window: null });
  expect(graph!.nodes[1]!.columns![3]).toMatchObject({ name: "close", from: [{ node: 0, column: "close" }] });
  expect(JSON.parse(JSON.stringify(graphAnswerOf(view, rangeText)))).toEqual(graphAnswerOf(view, rangeText));
});

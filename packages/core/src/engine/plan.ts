import type { Calendar } from "../data/calendar/calendar.ts";
import type { Panel } from "../data/panel.ts";
import { QmtlError } from "../schema/error.ts";
import { intervalLength } from "../schema/interval.ts";
import type { AlignNode, GraphNode, InputRef, PickNode, ResampleNode, StreamNode, StrategyGraph } from "../strategy/graph.ts";
import { asOfMap, createTimeline, joinStamps, sameStamps, type Timeline, uniteStamps } from "./timeline.ts";

/** One series of a node: whose it is, its rows, and where each row's inputs stand. */
export interface SeriesPlan {
  /** Empty for a market-wide series. */
  readonly symbol: string;
  readonly timeline: Timeline;
  /** The first row whose output is valid. */
  readonly firstValid: number;
  /** The first row whose inputs are all valid: where the node's own arithmetic begins. */
  readonly firstInput: number;
  /** Per input of the node, in order; `undefined` for constants. */
  readonly sources: readonly (SourcePlan | undefined)[];
  /** Of a series on a longer clock: the first source row of each row. */
  readonly starts?: Int32Array;
}

export interface SourcePlan {
  readonly series: SeriesPlan;
  /** Row of the source for each row of this series, -1 for none; `undefined` where the rows are the same. */
  readonly map: Int32Array | undefined;
}

export interface NodePlan {
  readonly node: GraphNode;
  readonly calendar: Calendar;
  /** In the universe's order. */
  readonly series: readonly SeriesPlan[];
}

/** Lays out rows, joins and warm-up of every node: everything that follows from stamps alone. */
export function planNodes(graph: StrategyGraph, panels: ReadonlyMap<number, Panel>): readonly NodePlan[] {
  const plans: NodePlan[] = [];
  const timelines: Timeline[] = [];
  // Equal stamps are one timeline, whoever brought them: symbols of one calendar then join without a map.
  const timelineOf = (stamps: Float64Array): Timeline => {
    const known = timelines.find((timeline) => sameStamps(timeline.stamps, stamps));
    if (known !== undefined) return known;
    const timeline = createTimeline(stamps);
    timelines.push(timeline);
    return timeline;
  };
  const planner: Planner = { graph, panels, plans, timelineOf };
  for (const node of graph.nodes) plans.push(planNode(planner, node));
  return plans;
}

interface Planner {
  readonly graph: StrategyGraph;
  readonly panels: ReadonlyMap<number, Panel>;
  readonly plans: readonly NodePlan[];
  readonly timelineOf: (stamps: Float64Array) => Timeline;
}

function planNode(planner: Planner, node: GraphNode): NodePlan {
  const sources = node.inputs.map(({ read }) => sourceOf(planner, read));
  const calendar = node.kind === "stream" ? panelOf(planner, node).calendar : (sources.find((plan) => plan !== undefined) as NodePlan).calendar;
  switch (node.kind) {
    case "stream":
      return { node, calendar, series: streamSeries(planner, node) };
    case "pick":
      return { node, calendar, series: [pickSeries(node, sources[0] as NodePlan)] };
    case "resample":
      return {
        node,
        calendar,
        series:
          node.direction === "longer"
            ? (sources[0] as NodePlan).series.map((source) => coarseSeries(planner, node, source, sources[0] as NodePlan))
            : fineSeries(planner, node, sources[0] as NodePlan),
      };
    case "align":
      return { node, calendar: (sources[1] as NodePlan).calendar, series: alignedSeries(planner, node, sources as [NodePlan, NodePlan]) };
    case "aggregate": {
      const joined = joinedSeries(planner, node, sources, 0);
      const valid = joined.map(({ timeline, firstInput }) => timeline.stamps.subarray(firstInput));
      const timeline = planner.timelineOf(uniteStamps(valid));
      // Its sources are read symbol by symbol: the joined series stand in for them.
      return {
        node,
        calendar,
        series: [{ symbol: "", timeline, firstValid: 0, firstInput: 0, sources: joined.map((series) => ({ series, map: undefined })) }],
      };
    }
    case "label":
      throw new QmtlError({
        code: "engine.label",
        message: "A label is known only after its bar and can't be computed in a run",
        next: "Use labels in dataset() only.",
      });
    default:
      return {
        node,
        calendar,
        series: joinedSeries(planner, node, sources, node.kind === "kernel" ? node.kernel.firstValid(node.params) : 0),
      };
  }
}

function sourceOf({ plans }: Planner, read: InputRef): NodePlan | undefined {
  if (read.kind === "constant") return undefined;
  return plans[read.kind === "column" || read.kind === "window" ? read.ref.node : read.node];
}

/** Bars that an input looks back, the present one included. */
export function depthOf(read: InputRef): number {
  return read.kind === "window" || read.kind === "window-panel" ? read.bars : 1;
}

function panelOf({ panels }: Planner, node: StreamNode): Panel {
  const panel = panels.get(node.index);
  if (panel !== undefined) return panel;
  throw new QmtlError({
    code: "engine.no-panel",
    message: `There is no data for the stream of ${node.schema.id} at ${node.interval}`,
    next: "Bind every stream of the graph to a panel.",
  });
}

function streamSeries(planner: Planner, node: StreamNode): SeriesPlan[] {
  return panelOf(planner, node).series.map(({ symbol, stamps }) => ({
    symbol,
    timeline: planner.timelineOf(stamps),
    firstValid: 0,
    firstInput: 0,
    sources: [],
  }));
}

function pickSeries(node: PickNode, source: NodePlan): SeriesPlan {
  const series = source.series.find(({ symbol }) => symbol === node.symbol);
  if (series !== undefined) return { ...series, symbol: "", firstInput: series.firstValid, sources: [{ series, map: undefined }] };
  throw new QmtlError({
    code: "engine.unknown-symbol",
    message: `pick() names the symbol ${JSON.stringify(node.symbol)}, which its stream does not have`,
    place: { symbol: node.symbol },
    next: `The stream has ${source.series.map(({ symbol }) => symbol).join(", ")}.`,
    class: "rejected",
  });
}

/** One series per symbol that all symbol inputs have, on the stamps that all inputs have. */
function joinedSeries(
  planner: Planner,
  node: GraphNode,
  sources: readonly (NodePlan | undefined)[],
  lookback: number,
): SeriesPlan[] {
  const perSymbol = sources.filter((plan) => plan !== undefined && plan.node.scope === "symbol") as NodePlan[];
  const symbols =
    perSymbol[0] === undefined
      ? [""]
      : perSymbol[0].series.flatMap(({ symbol }) =>
          perSymbol.every(({ series }) => series.some((other) => other.symbol === symbol)) ? [symbol] : [],
        );
  return symbols.map((symbol) => {
    const found = sources.map((plan) =>
      plan === undefined ? undefined : (plan.series.find((series) => series.symbol === symbol) ?? plan.series.find((series) => series.symbol === "")),
    );
    const present = found.filter((series) => series !== undefined);
    const { stamps, maps } = joinStamps(present.map(({ timeline }) => timeline.stamps));
    const timeline = planner.timelineOf(stamps);
    let at = 0;
    const inputs = found.map((series) => {
      if (series === undefined) return undefined;
      const map = maps[at++];
      return { series, map };
    });
    let firstInput = 0;
    node.inputs.forEach(({ read }, k) => {
      const input = inputs[k];
      if (input === undefined) return;
      const depth = depthOf(read);
      input.series.timeline.history = Math.max(input.series.timeline.history, depth - 1);
      firstInput = Math.max(firstInput, firstRowReaching(input.map, input.series.firstValid + depth - 1, stamps.length));
    });
    return { symbol, timeline, firstInput, firstValid: Math.min(stamps.length, firstInput + lookback), sources: inputs };
  });
}

/** The first row whose source row is `needed` or later. */
function firstRowReaching(map: Int32Array | undefined, needed: number, rows: number): number {
  if (map === undefined) return Math.min(needed, rows);
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (map[middle]! >= needed) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A row per complete bar of the longer interval; its source row is the last one that belongs to it. */
function coarseSeries(planner: Planner, node: ResampleNode, source: SeriesPlan, of: NodePlan): SeriesPlan {
  const { stamps } = source.timeline;
  const { calendar } = of;
  const ends: number[] = [];
  const lastRows: number[] = [];
  const starts: number[] = [];
  let firstValid = 0;
  for (let row = 0; row < stamps.length; ) {
    const end = calendar.barEnd(node.interval, stamps[row]!);
    const first = row;
    while (row < stamps.length && stamps[row]! <= end) row++;
    const complete = row < stamps.length || stamps[row - 1] === end;
    if (!complete) break;
    if (first === 0 && beginsInside(calendar, of, node, stamps[0]!, end)) continue;
    ends.push(end);
    lastRows.push(row - 1);
    starts.push(first);
    if (first < source.firstValid) firstValid = ends.length;
  }
  return {
    symbol: source.symbol,
    timeline: planner.timelineOf(Float64Array.from(ends)),
    firstInput: firstValid,
    firstValid,
    sources: [{ series: source, map: Int32Array.from(lastRows) }],
    starts: Int32Array.from(starts),
  };
}

/** True when the data begins within the longer bar, so that the bar would be partial. */
function beginsInside(calendar: Calendar, of: NodePlan, node: ResampleNode, first: number, end: number): boolean {
  const length = intervalLength(of.node.interval);
  // A month's holidays and weekends never make two neighbours stand further apart than this.
  const reach = Math.max(3 * length, 11 * 86_400_000);
  const before = calendar.hasSlots ? calendar.slots(of.node.interval, first - reach, first - 1).at(-1) : first - length;
  return before !== undefined && calendar.barEnd(node.interval, before) === end;
}

/** The stamps of the shorter clock: of the graph's streams on that interval, for the same symbol. */
function fineSeries(planner: Planner, node: ResampleNode, source: NodePlan): SeriesPlan[] {
  const fine = planner.plans.filter((plan) => plan.node.kind === "stream" && plan.node.interval === node.interval);
  // A finer stream may be declared after this node: take all of the graph's, not only those planned so far.
  const later = planner.graph.nodes.flatMap((other) =>
    other.kind === "stream" && other.interval === node.interval && other.index >= planner.plans.length ? streamSeries(planner, other) : [],
  );
  const series = [...fine.flatMap((plan) => plan.series), ...later];
  if (series.length === 0)
    throw new QmtlError({
      code: "engine.no-finer-clock",
      message: `resample() to ${node.interval} needs a clock, and no stream of the strategy has that interval`,
      next: `Add a stream at ${node.interval}.`,
      class: "rejected",
    });
  return source.series.map((one) => {
    const mine = node.scope === "market" ? series : series.filter(({ symbol }) => symbol === one.symbol);
    const stamps = uniteStamps(mine.map(({ timeline }) => timeline.stamps));
    const map = asOfMap(one.timeline.stamps, stamps);
    one.timeline.history = Math.max(one.timeline.history, 1);
    const firstInput = firstRowReaching(map, one.firstValid, stamps.length);
    return { symbol: one.symbol, timeline: planner.timelineOf(stamps), firstInput, firstValid: firstInput, sources: [{ series: one, map }] };
  });
}

/** The stamps of the clock's series. A source row that is too old for a stamp gives -1. */
function alignedSeries(planner: Planner, node: AlignNode, [of, to]: [NodePlan, NodePlan]): SeriesPlan[] {
  const symbols = node.scope === "market" ? [""] : (of.node.scope === "symbol" ? of : to).series.map(({ symbol }) => symbol);
  return symbols.flatMap((symbol) => {
    const source = of.series.find((series) => series.symbol === symbol) ?? of.series.find((series) => series.symbol === "");
    const clock = to.series.find((series) => series.symbol === symbol) ?? to.series.find((series) => series.symbol === "");
    if (source === undefined || clock === undefined) return [];
    const { stamps } = clock.timeline;
    const map = asOfMap(source.timeline.stamps, stamps);
    source.timeline.history = Math.max(source.timeline.history, 1);
    const firstInput = firstRowReaching(map, source.firstValid, stamps.length);
    let read = -1;
    let age = 0;
    for (let row = 0; row < stamps.length; row++) {
      // The age counts bars of the clock since the first one that could read the value.
      age = map[row] === read ? age + 1 : 0;
      read = map[row]!;
      if (age > node.maxAge) map[row] = -1;
    }
    return [{ symbol, timeline: planner.timelineOf(stamps), firstInput, firstValid: firstInput, sources: [{ series: source, map }, undefined] }];
  });
}

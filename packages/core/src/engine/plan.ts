import type { Panel } from "../data/panel.ts";
import { QmtlError } from "../schema/error.ts";
import type { GraphNode, InputRef, PickNode, StrategyGraph } from "../strategy/graph.ts";
import { alignedSeries, coarseSeries, fineSeries } from "./clock-plan.ts";
import { nodeRead } from "./columns.ts";
import { createJoin } from "./row-merge.ts";
import {
  firstRowReaching,
  type NodePlan,
  type Planner,
  panelOf,
  readBack,
  type SeriesPlan,
  type SourcePlan,
  seriesFor,
  streamSeries,
  watchSource,
} from "./series-plan.ts";
import { addRows, forgetRows, type Tail, tailOf } from "./tail.ts";
import { addTimelineRows, createTimeline, isLate, type Rows, rowsDue, sameRows, type Timeline } from "./timeline.ts";
import { meet } from "./together.ts";

export interface Layout {
  /** In the order of the nodes. */
  readonly plans: readonly NodePlan[];
  /** What lays out the rows that follow from added ones, in the order in which it is called. */
  readonly steps: readonly (() => void)[];
  readonly timelines: readonly Timeline[];
}

/**
 * Lays out rows, joins and warm-up of every node: everything that follows from stamps alone.
 *
 * @throws `engine.no-panel`, `engine.unknown-symbol`, `engine.no-finer-clock`, `engine.invalid-fold`
 */
export function planNodes(
  graph: Pick<StrategyGraph, "nodes">,
  panels: ReadonlyMap<number, Panel>,
): readonly NodePlan[] {
  return layOut(graph, panels, false).plans;
}

/** @param growing rows will be added to the streams @throws as {@link planNodes} */
export function layOut(
  graph: Pick<StrategyGraph, "nodes">,
  panels: ReadonlyMap<number, Panel>,
  growing: boolean,
): Layout {
  const plans: NodePlan[] = [];
  const steps: (() => void)[] = [];
  const timelines = new Map<string, Timeline[]>();
  const timelineOf = (rows: Rows): Timeline => {
    const { stamps } = rows;
    const key = growing ? "" : `${stamps.length} ${stamps[0]} ${stamps.at(-1)}`;
    const alike = timelines.get(key) ?? [];
    const known = growing ? undefined : alike.find((timeline) => sameRows(timeline, rows));
    if (known !== undefined) return known;
    const timeline = createTimeline(stamps, rows.due);
    if (alike.length === 0) timelines.set(key, alike);
    alike.push(timeline);
    return timeline;
  };
  const grow = (step: () => void): void => {
    if (growing) steps.push(step);
  };
  const planner: Planner = { graph, panels, plans, streams: new Map(), timelineOf, growing, grow };
  for (const node of graph.nodes) plans.push(planNode(planner, node));
  for (const { node, series, folded = series } of plans)
    for (const plan of folded)
      for (const source of plan.sources)
        if (source !== undefined && !(node.kind === "resample" && node.direction === "longer"))
          watchSource(plan, source);
  return { plans, steps, timelines: [...timelines.values()].flat() };
}

function planNode(planner: Planner, node: GraphNode): NodePlan {
  const sources = node.inputs.map(({ read }) => sourceOf(planner, read));
  const [first, second] = sources.filter((plan) => plan !== undefined);
  const calendar = node.kind === "stream" ? panelOf(planner, node).calendar : first!.calendar;
  switch (node.kind) {
    case "stream":
      return { node, calendar, series: streamSeries(planner, node) };
    case "pick":
      return { node, calendar, series: [pickSeries(planner, node, first!)] };
    case "resample":
      return {
        node,
        calendar,
        series:
          node.direction === "longer"
            ? first!.series.map((source) => coarseSeries(planner, node, source, first!))
            : fineSeries(planner, node, first!),
      };
    case "align":
      return { node, calendar: second!.calendar, series: alignedSeries(planner, node, first!, second!) };
    case "aggregate": {
      const { series, rows } = meet(planner, joinedSeries(planner, node, sources, 0), true);
      const timeline = planner.timelineOf(rows());
      planner.grow(() => addTimelineRows(timeline, rows()));
      return {
        node,
        calendar,
        series: [{ symbol: "", timeline, firstValid: 0, firstInput: 0, sources: [] }],
        folded: series,
      };
    }
    case "cross-section":
    case "cross-kernel":
      return { node, calendar, series: meet(planner, joinedSeries(planner, node, sources, 0), false).series };
    case "label":
      // Known only after its bar, so no run computes it: it is made of what a run has kept.
      return { node, calendar, series: [] };
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
  return plans[nodeRead(read)];
}

/** Bars that an input looks back, the present one included. */
function depthOf(read: InputRef): number {
  return read.kind === "window" || read.kind === "window-panel" ? read.bars : 1;
}

function pickSeries(planner: Planner, node: PickNode, source: NodePlan): SeriesPlan {
  const series = source.series.find(({ symbol }) => symbol === node.symbol);
  if (series !== undefined) {
    const { timeline, firstValid } = series;
    const sources = [{ series, map: undefined, depth: 0, back: 0 }];
    const plan: SeriesPlan = { symbol: "", timeline, firstValid, firstInput: firstValid, sources };
    planner.grow(() => {
      plan.firstValid = series.firstValid;
      plan.firstInput = series.firstValid;
    });
    return plan;
  }
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
  const [first, ...others] = sources.filter((plan) => plan?.node.scope === "symbol") as NodePlan[];
  const plans: SeriesPlan[] = [];
  for (const [s, { symbol }] of (first?.series ?? [{ symbol: "" }]).entries())
    if (others.every((plan) => plan === first || seriesFor(plan, symbol, s) !== undefined)) {
      const found = sources.map((plan) => plan && seriesFor(plan, symbol, s));
      plans.push(joinedSymbol(planner, node, found, symbol, lookback));
    }
  return plans;
}

function joinedSymbol(
  planner: Planner,
  node: GraphNode,
  found: readonly (SeriesPlan | undefined)[],
  symbol: string,
  lookback: number,
): SeriesPlan {
  const present: Timeline[] = [];
  for (const series of found) if (series !== undefined) present.push(series.timeline);
  const { timeline, inputs } = joinOf(planner, present);
  const sources: (SourcePlan | undefined)[] = [];
  let joined = 0;
  for (const [k, series] of found.entries()) {
    if (series === undefined) {
      sources.push(undefined);
      continue;
    }
    const { map, frontier } = inputs[joined++]!;
    const depth = depthOf(node.inputs[k]!.read) - 1;
    sources.push(readBack(planner, series, timeline, { map, depth, ...(frontier !== undefined && { frontier }) }));
  }
  const plan: SeriesPlan = {
    symbol,
    timeline,
    firstInput: 0,
    firstValid: 0,
    sources,
  };
  warmUp(plan, 0, lookback);
  if (planner.growing) {
    let laid = timeline.rows;
    planner.grow(() => {
      warmUp(plan, laid, lookback);
      laid = timeline.rows;
    });
  }
  return plan;
}

/** @param laid rows that were there before */
function warmUp(plan: SeriesPlan, laid: number, lookback: number): void {
  const { rows } = plan.timeline;
  if (plan.firstInput === laid) plan.firstInput = warmRow(plan, laid);
  plan.firstValid = Math.min(rows, plan.firstInput + lookback);
}

/** The first row from `from` on at which all sources are warm. */
function warmRow({ sources, timeline, firstInput }: SeriesPlan, from: number): number {
  let row = firstInput;
  for (const source of sources)
    if (source !== undefined) {
      const { map, series, depth } = source;
      row = Math.max(row, firstRowReaching(map, series.firstValid + depth, timeline.rows, from));
    }
  return row;
}

interface JoinedTimeline {
  readonly timeline: Timeline;
  /** Without a map where the input has the very rows of the timeline. */
  readonly inputs: readonly { readonly map: Tail<Int32Array> | undefined; readonly frontier?: () => number }[];
}

/** The stamps that all inputs have. */
function joinOf(planner: Planner, inputs: readonly Timeline[]): JoinedTimeline {
  const [first] = inputs;
  if (first !== undefined && inputs.every((input) => input === first))
    return { timeline: first, inputs: inputs.map(() => ({ map: undefined })) };
  const join = createJoin(inputs);
  const { maps, stamps, due } = join.next();
  const rows = (of: Rows): Rows =>
    planner.growing ? { stamps: of.stamps, due: inputs.some(isLate) ? of.due : of.stamps } : rowsDue(of.stamps, of.due);
  const timeline = planner.timelineOf(rows({ stamps, due }));
  // An input that all others contain has the joined rows, and is read without a map.
  const tails = maps.map((map, k) => (inputs[k] === timeline ? undefined : tailOf(map)));
  planner.grow(() => {
    const more = join.next();
    addTimelineRows(timeline, rows(more));
    for (const [k, tail] of tails.entries()) {
      if (tail === undefined) continue;
      forgetRows(tail, timeline.cursor);
      addRows(tail, more.maps[k]!);
    }
  });
  return {
    timeline,
    inputs: tails.map((map, k) => ({ map, ...(planner.growing && { frontier: () => join.frontier(k) }) })),
  };
}

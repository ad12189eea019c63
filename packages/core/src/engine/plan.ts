import type { Panel } from "../data/panel.ts";
import { QmtlError } from "../schema/error.ts";
import type { GraphNode, InputRef, PickNode, StrategyGraph } from "../strategy/graph.ts";
import { alignedSeries, coarseSeries, fineSeries } from "./clock-plan.ts";
import { nodeRead } from "./columns.ts";
import {
  firstRowReaching,
  type NodePlan,
  type Planner,
  panelOf,
  readBack,
  type SeriesPlan,
  type SourcePlan,
  streamSeries,
} from "./series-plan.ts";
import { createTimeline, joinRows, type Rows, sameRows, type Timeline } from "./timeline.ts";
import { keepMeeting, meetingRows } from "./together.ts";

/**
 * Lays out rows, joins and warm-up of every node: everything that follows from stamps alone.
 *
 * @throws `engine.no-panel`, `engine.unknown-symbol`, `engine.no-finer-clock`, `engine.invalid-fold`, `engine.label`
 */
export function planNodes(
  graph: Pick<StrategyGraph, "nodes">,
  panels: ReadonlyMap<number, Panel>,
): readonly NodePlan[] {
  const plans: NodePlan[] = [];
  const timelines = new Map<string, Timeline[]>();
  const timelineOf = (rows: Rows): Timeline => {
    const { stamps } = rows;
    const key = `${stamps.length} ${stamps[0]} ${stamps.at(-1)}`;
    const alike = timelines.get(key) ?? [];
    const known = alike.find((timeline) => sameRows(timeline, rows));
    if (known !== undefined) return known;
    const timeline = createTimeline(stamps, rows.due);
    timelines.set(key, [...alike, timeline]);
    return timeline;
  };
  for (const node of graph.nodes) plans.push(planNode({ graph, panels, plans, timelineOf }, node));
  return plans;
}

function planNode(planner: Planner, node: GraphNode): NodePlan {
  const sources = node.inputs.map(({ read }) => sourceOf(planner, read));
  const [first, second] = sources.filter((plan) => plan !== undefined);
  const calendar = node.kind === "stream" ? panelOf(planner, node).calendar : first!.calendar;
  switch (node.kind) {
    case "stream":
      return { node, calendar, series: streamSeries(planner, node) };
    case "pick":
      return { node, calendar, series: [pickSeries(node, first!)] };
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
      const series = keepMeeting(planner, joinedSeries(planner, node, sources, 0), true);
      const timeline = planner.timelineOf(meetingRows(series));
      return {
        node,
        calendar,
        series: [{ symbol: "", timeline, firstValid: 0, firstInput: 0, sources: [] }],
        folded: series,
      };
    }
    case "cross-section":
    case "cross-kernel":
      return { node, calendar, series: keepMeeting(planner, joinedSeries(planner, node, sources, 0), false) };
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
  return plans[nodeRead(read)];
}

/** Bars that an input looks back, the present one included. */
function depthOf(read: InputRef): number {
  return read.kind === "window" || read.kind === "window-panel" ? read.bars : 1;
}

function pickSeries(node: PickNode, source: NodePlan): SeriesPlan {
  const series = source.series.find(({ symbol }) => symbol === node.symbol);
  if (series !== undefined)
    return { ...series, symbol: "", firstInput: series.firstValid, sources: [{ series, map: undefined, back: 0 }] };
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
  const bySymbol = sources.map((plan) => plan && new Map(plan.series.map((series) => [series.symbol, series])));
  const perSymbol = sources.filter((plan) => plan?.node.scope === "symbol") as NodePlan[];
  const symbols =
    perSymbol[0] === undefined
      ? [""]
      : perSymbol[0].series
          .map(({ symbol }) => symbol)
          .filter((symbol) => sources.every((plan, k) => plan?.node.scope !== "symbol" || bySymbol[k]!.has(symbol)));
  return symbols.map((symbol) => {
    const found = bySymbol.map((series) => series && (series.get(symbol) ?? series.get("")));
    const present = found.filter((series) => series !== undefined);
    const { maps, ...rows } = joinRows(present.map(({ timeline }) => timeline));
    const timeline = planner.timelineOf(rows);
    let joined = 0;
    let firstInput = 0;
    const inputs = found.map((series, k): SourcePlan | undefined => {
      if (series === undefined) return undefined;
      const map = maps[joined++];
      const depth = depthOf(node.inputs[k]!.read);
      firstInput = Math.max(firstInput, firstRowReaching(map, series.firstValid + depth - 1, rows.stamps.length));
      return readBack(series, timeline, map, depth - 1);
    });
    const firstValid = Math.min(rows.stamps.length, firstInput + lookback);
    return { symbol, timeline, firstInput, firstValid, sources: inputs };
  });
}

import type { Calendar } from "../data/calendar/calendar.ts";
import { isQmtlError, QmtlError } from "../schema/error.ts";
import { intervalLength } from "../schema/interval.ts";
import type { AlignNode, ResampleNode } from "../strategy/graph.ts";
import { createCoarseBars } from "./coarse-bars.ts";
import { createAsOf, createUnion } from "./row-merge.ts";
import {
  firstRowReaching,
  type NodePlan,
  type Planner,
  readBack,
  type SeriesPlan,
  seriesFor,
  streamSeries,
} from "./series-plan.ts";
import { addRows, forgetRows, tailOf } from "./tail.ts";
import { addTimelineRows, rowsDue, type Timeline } from "./timeline.ts";

const DAY = 86_400_000;

/**
 * A row per complete bar of the longer interval, stamped with the calendar's end of it; see {@link createCoarseBars}. A first one that
 * began before the data is left out.
 */
export function coarseSeries(planner: Planner, node: ResampleNode, source: SeriesPlan, of: NodePlan): SeriesPlan {
  for (const [column, { dtype }] of Object.entries(node.output))
    if (dtype === "i32" && node.fold[column] === "mean")
      throw new QmtlError({
        code: "engine.invalid-fold",
        message: `"${column}" is i32 and can't fold by "mean"`,
        next: "Make it f64 in a node first, or fold it another way.",
      });
  const { calendar } = of;
  const { open, next } = createCoarseBars(
    source.timeline,
    (stamp) => calendar.barEnd(node.interval, stamp),
    (first, end) => beganBefore(calendar, of, node, first, end),
  );
  const rows = next();
  const timeline = planner.timelineOf(planner.growing ? rows : rowsDue(rows.stamps, rows.due));
  const [map, starts] = [tailOf(rows.lasts), tailOf(rows.starts)];
  const plan: SeriesPlan = {
    symbol: source.symbol,
    timeline,
    firstInput: 0,
    firstValid: 0,
    // Rows are folded in the slice that brings them, so none is read again.
    sources: [{ series: source, map, depth: 0, back: 0 }],
    starts,
    open,
  };
  const warmUp = (from: number, firsts: Int32Array): void => {
    for (const [row, first] of firsts.entries()) if (first < source.firstValid) plan.firstValid = from + row + 1;
    plan.firstInput = plan.firstValid;
  };
  warmUp(0, rows.starts);
  source.timeline.planners.push(() => open.next);
  planner.grow(() => {
    const more = next();
    warmUp(timeline.rows, more.starts);
    addTimelineRows(timeline, more);
    for (const [tail, cells] of [[map, more.lasts] as const, [starts, more.starts] as const]) {
      forgetRows(tail, timeline.cursor);
      addRows(tail, cells);
    }
  });
  return plan;
}

/** True when the longer bar that ends at `end` has shorter bars before the first one of the data. */
function beganBefore(calendar: Calendar, of: NodePlan, node: ResampleNode, first: number, end: number): boolean {
  const length = intervalLength(of.node.interval);
  if (!calendar.hasSlots) return calendar.barEnd(node.interval, first - length) === end;
  // No market stays shut for longer than this.
  const reach = Math.max(3 * length, 11 * DAY);
  try {
    const before = calendar.slots(of.node.interval, first - reach, first - 1).at(-1);
    return before !== undefined && calendar.barEnd(node.interval, before) === end;
  } catch (error) {
    // The calendar begins with the data: there is nothing that it could miss.
    if (isQmtlError(error) && error.code === "data.calendar-range") return false;
    throw error;
  }
}

/** The stamps of the shorter clock: those of the graph's streams on that interval, for the same symbol. */
export function fineSeries(planner: Planner, node: ResampleNode, source: NodePlan): SeriesPlan[] {
  const clocks = planner.graph.nodes.flatMap((other) =>
    other.kind === "stream" && other.interval === node.interval ? streamSeries(planner, other) : [],
  );
  if (clocks.length === 0)
    throw new QmtlError({
      code: "engine.no-finer-clock",
      message: `resample() to ${node.interval} needs a clock, and no stream of the strategy has that interval`,
      next: `Add a stream at ${node.interval}.`,
      class: "rejected",
    });
  return source.series.map((one) => {
    const mine = (node.scope === "market" ? clocks : clocks.filter(({ symbol }) => symbol === one.symbol)).map(
      ({ timeline }) => timeline,
    );
    return asOfSeries(planner, { symbol: one.symbol, source: one, timeline: unionOf(planner, [...new Set(mine)]) });
  });
}

function unionOf(planner: Planner, inputs: readonly Timeline[]): Timeline {
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1) return only;
  const union = createUnion(inputs);
  const stamps = union.next();
  const timeline = planner.timelineOf({ stamps, due: stamps });
  for (const [k, input] of inputs.entries()) input.planners.push(() => union.frontier(k));
  planner.grow(() => {
    const more = union.next();
    addTimelineRows(timeline, { stamps: more, due: more });
  });
  return timeline;
}

/** The rows of the clock's series. A source row that is too old for one of them gives a row below 0. */
export function alignedSeries(planner: Planner, node: AlignNode, of: NodePlan, to: NodePlan): SeriesPlan[] {
  const symbols = (node.scope === "market" || of.node.scope === "symbol" ? of : to).series.map(({ symbol }) => symbol);
  return symbols.flatMap((symbol): SeriesPlan[] => {
    const source = seriesFor(of, symbol);
    const clock = seriesFor(to, symbol);
    if (source === undefined || clock === undefined) return [];
    return [asOfSeries(planner, { symbol, source, timeline: clock.timeline, maxAge: node.maxAge })];
  });
}

/** @param of `maxAge` absent: a value never gets too old */
function asOfSeries(
  planner: Planner,
  of: {
    readonly symbol: string;
    readonly source: SeriesPlan;
    readonly timeline: Timeline;
    readonly maxAge?: number;
  },
): SeriesPlan {
  const { symbol, source, timeline, maxAge } = of;
  const asOf = createAsOf(source.timeline, timeline);
  const map = tailOf(asOf.next());
  const plan: SeriesPlan = {
    symbol,
    timeline,
    firstInput: 0,
    firstValid: 0,
    sources: [
      readBack(planner, source, timeline, { map, depth: 0, ...(planner.growing && { frontier: asOf.frontier }) }),
    ],
  };
  let laid = 0;
  let last = -1;
  let age = 0;
  const lay = (cells: Int32Array): void => {
    if (plan.firstInput === laid) {
      plan.firstInput = firstRowReaching(map, source.firstValid, timeline.rows, laid);
      plan.firstValid = plan.firstInput;
    }
    laid = timeline.rows;
    if (maxAge === undefined) return;
    for (let row = 0; row < cells.length; row++) {
      // The age counts bars of the clock since the first one that could read the value.
      const at = cells[row]!;
      age = at === last ? age + 1 : 0;
      last = at;
      if (age > maxAge && at >= 0) cells[row] = ~at;
    }
  };
  lay(map.cells);
  planner.grow(() => {
    const cells = asOf.next();
    forgetRows(map, timeline.cursor);
    addRows(map, cells);
    lay(map.cells.subarray(map.cells.length - cells.length));
  });
  return plan;
}

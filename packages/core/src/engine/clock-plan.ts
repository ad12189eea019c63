import type { Calendar } from "../data/calendar/calendar.ts";
import { isQmtlError, QmtlError } from "../schema/error.ts";
import { intervalLength } from "../schema/interval.ts";
import type { AlignNode, ResampleNode } from "../strategy/graph.ts";
import {
  firstRowReaching,
  type NodePlan,
  type Planner,
  readBack,
  type SeriesPlan,
  seriesFor,
  streamSeries,
} from "./series-plan.ts";
import { asOfMap, rowsDue, uniteStamps } from "./timeline.ts";

const DAY = 86_400_000;

/**
 * A row per complete bar of the longer interval, stamped with the calendar's end of it. It is due with the shorter bar that ends
 * with it or, where that one is missing, with the next one that comes; the last, partial bar never is. Nor is a first one that
 * began before the data.
 */
export function coarseSeries(planner: Planner, node: ResampleNode, source: SeriesPlan, of: NodePlan): SeriesPlan {
  for (const [column, { dtype }] of Object.entries(node.output))
    if (dtype === "i32" && node.fold[column] === "mean")
      throw new QmtlError({
        code: "engine.invalid-fold",
        message: `"${column}" is i32 and can't fold by "mean"`,
        next: "Make it f64 in a node first, or fold it another way.",
      });
  const { stamps, due } = source.timeline;
  const { calendar } = of;
  const ends: number[] = [];
  const dues: number[] = [];
  const lasts: number[] = [];
  const starts: number[] = [];
  let firstValid = 0;
  for (let row = 0; row < stamps.length; ) {
    const end = calendar.barEnd(node.interval, stamps[row]!);
    const first = row;
    while (row < stamps.length && stamps[row]! <= end) row++;
    const ended = stamps[row - 1] === end;
    if (!ended && row === stamps.length) break;
    if (first === 0 && beganBefore(calendar, of, node, stamps[0]!, end)) continue;
    ends.push(end);
    dues.push(due[ended ? row - 1 : row]!);
    lasts.push(row - 1);
    starts.push(first);
    if (first < source.firstValid) firstValid = ends.length;
  }
  const timeline = planner.timelineOf(rowsDue(Float64Array.from(ends), Float64Array.from(dues)));
  return {
    symbol: source.symbol,
    timeline,
    firstInput: firstValid,
    firstValid,
    // Rows are folded in the slice that brings them, so none is read again.
    sources: [{ series: source, map: Int32Array.from(lasts), back: 0 }],
    starts: Int32Array.from(starts),
  };
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
    const mine = node.scope === "market" ? clocks : clocks.filter(({ symbol }) => symbol === one.symbol);
    const stamps = uniteStamps(mine.map(({ timeline }) => timeline.stamps));
    const timeline = planner.timelineOf({ stamps, due: stamps });
    const map = asOfMap(one.timeline, timeline);
    const firstInput = firstRowReaching(map, one.firstValid, stamps.length);
    const read = readBack(one, timeline, map, 0);
    return { symbol: one.symbol, timeline, firstInput, firstValid: firstInput, sources: [read] };
  });
}

/** The rows of the clock's series. A source row that is too old for one of them gives -1. */
export function alignedSeries(planner: Planner, node: AlignNode, of: NodePlan, to: NodePlan): SeriesPlan[] {
  const symbols = (node.scope === "market" || of.node.scope === "symbol" ? of : to).series.map(({ symbol }) => symbol);
  return symbols.flatMap((symbol): SeriesPlan[] => {
    const source = seriesFor(of, symbol);
    const clock = seriesFor(to, symbol);
    if (source === undefined || clock === undefined) return [];
    const timeline = planner.timelineOf(clock.timeline);
    const map = asOfMap(source.timeline, timeline);
    const firstInput = firstRowReaching(map, source.firstValid, map.length);
    const read = readBack(source, timeline, map, 0);
    let last = -1;
    let age = 0;
    for (let row = 0; row < map.length; row++) {
      // The age counts bars of the clock since the first one that could read the value.
      age = map[row] === last ? age + 1 : 0;
      last = map[row]!;
      if (age > node.maxAge) map[row] = -1;
    }
    return [{ symbol, timeline, firstInput, firstValid: firstInput, sources: [read, undefined] }];
  });
}

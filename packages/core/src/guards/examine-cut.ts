import { upperBound } from "../data/sorted.ts";
import { isQmtlError, type QmtlError } from "../schema/error.ts";
import type { ColumnRef, StrategyGraph } from "../strategy/graph.ts";
import type { GuardFinding } from "./finding.ts";
import type { GuardNaming } from "./naming.ts";
import { checkPrefix } from "./prefix.ts";
import { type Panels, slicePanels } from "./slice.ts";
import { checkStart } from "./start.ts";
import { memoryBars } from "./stretch.ts";
import { checkTies } from "./ties.ts";
import { type Trace, traceGraph } from "./trace.ts";

/** Later bars that are in sight of the other computation at least. */
const LEAST_AHEAD = 64;

export interface CutOptions {
  readonly graph: StrategyGraph;
  readonly panels: Panels;
  /** Ends of all bars, ascending, ms UTC. */
  readonly clock: Float64Array;
  /** One of them. */
  readonly cut: number;
  /** How many bars before the cut are computed. */
  readonly bars: number;
  /** The columns that the decision reads. */
  readonly decision: readonly ColumnRef[];
  /** Whether a later start is tried as well. */
  readonly start: boolean;
  readonly naming: GuardNaming;
  readonly progress?: Int32Array;
}

export interface CutCheck {
  readonly findings: readonly GuardFinding[];
  readonly ties: { readonly compared: number; readonly fragile: number };
  readonly pathDependent: readonly string[];
  readonly unsettled: readonly string[];
  /** Rows computed in all. */
  readonly rows: number;
}

const NOTHING: CutCheck = {
  findings: [],
  ties: { compared: 0, fragile: 0 },
  pathDependent: [],
  unsettled: [],
  rows: 0,
};

/**
 * Computes the graph up to a cut with and without later bars, over nudged prices and from a later start. Code that fails on one of these,
 * and did not in the run, depends on where its history starts or on the last digits: a finding.
 */
export function examineCut(options: CutOptions): CutCheck {
  const { graph, panels, clock, cut, bars, decision, naming, progress } = options;
  const watched = progress === undefined ? {} : { progress };
  const end = upperBound(clock, cut);
  const from = Math.max(0, end - bars);
  const stretch = { after: clock[from - 1] ?? Number.NEGATIVE_INFINITY, until: cut };
  const horizon = clock[Math.min(clock.length, end + Math.max(LEAST_AHEAD, bars >> 2)) - 1]!;
  try {
    const prefix = checkPrefix({ graph, panels, stretch, horizon, naming, ...watched });
    const { known, rows } = prefix;
    // What looks ahead is void: that it has ties as well is of no interest.
    if (prefix.findings.length > 0) return { ...NOTHING, findings: prefix.findings, rows };
    const ties = checkTies({ known, decision, naming, ...watched });
    const later = options.start ? startAt(options, end, from, known) : NOTHING;
    return {
      ...later,
      findings: [...ties.findings, ...later.findings],
      ties: { compared: ties.compared, fragile: ties.fragile },
      rows: rows + ties.rows + later.rows,
    };
  } catch (error) {
    if (!isQmtlError(error) || error.class !== "rejected") throw error;
    return { ...NOTHING, findings: [failedAnew(error, graph, naming)] };
  }
}

function startAt(options: CutOptions, end: number, from: number, known: Trace): CutCheck {
  const { graph, panels, clock, cut, bars, naming, progress } = options;
  const watched = progress === undefined ? {} : { progress };
  // A stretch of its own where nodes remember further back than the others reach.
  const wanted = Math.max(bars, Math.min(2 * memoryBars(graph) + 256, Math.floor((2 * end) / 3)));
  const first = Math.max(0, end - wanted);
  const start = first + Math.floor((end - first) / 3);
  if (start === 0) return NOTHING;
  const after = clock[first - 1] ?? Number.NEGATIVE_INFINITY;
  const whole = first >= from ? known : traceGraph(graph, slicePanels(panels, { after, until: cut }), watched);
  const later = checkStart({ whole, stretch: { after: clock[start - 1]!, until: cut }, naming, ...watched });
  return { ...NOTHING, ...later, rows: later.rows + (whole === known ? 0 : whole.rows) };
}

function failedAnew({ code, message, place }: QmtlError, graph: StrategyGraph, naming: GuardNaming): GuardFinding {
  const index = graph.nodes.findIndex((node) => naming.label(node.index) === place.node);
  return {
    kind: "start",
    severity: "doubt",
    message: `What ran over the whole history fails over a part of it (${code}): ${message}`,
    hint: "Let every node stand any bar as its first one, and any last digit.",
    ...(place.node !== undefined && { node: place.node }),
    ...(place.symbol !== undefined && { symbol: place.symbol }),
    ...(place.bar !== undefined && { bar: place.bar }),
    ...(index >= 0 && { index, ...naming.place(index) }),
  };
}

import type { ColumnArray } from "../schema/cell.ts";
import { isQmtlError, QmtlError } from "../schema/error.ts";
import type { ColumnRef, GraphNode } from "../strategy/graph.ts";
import { createColumns, type EngineColumns, nodeRead } from "./columns.ts";
import { describe } from "./compute-error.ts";
import type {
  ColumnSeries,
  Execution,
  ExecutionCounters,
  ExecutionOptions,
  KeptColumn,
  KnownNode,
} from "./execution.ts";
import { createFeed } from "./feed.ts";
import { chainKernels, LINKED } from "./kernel-chain.ts";
import { measuredSteps } from "./measured-steps.ts";
import { layOut } from "./plan.ts";
import { createUnion } from "./row-merge.ts";
import { scheduleTasks, type Task } from "./schedule.ts";
import type { NodePlan } from "./series-plan.ts";
import { createSteps } from "./steps.ts";
import { addRows, forgetRows, tailOf } from "./tail.ts";
import { announce, countUntil, forgetStamps, makeRoom, sizeTimeline, type Timeline } from "./timeline.ts";

const CHUNK = 4096;

/**
 * @throws `engine.not-begun`, `engine.no-panel`, `engine.unknown-symbol`, `engine.no-finer-clock`, `engine.invalid-fold`, `engine.not-kept`
 * @see Execution
 */
export function createExecution(options: ExecutionOptions): Execution {
  const { graph, panels, growing = false, progress = new Int32Array(1) } = options;
  const { plans, steps: growth, timelines: laid } = layOut(graph, panels, growing);
  const streams = [
    ...new Set(plans.flatMap(({ node, series }) => (node.kind === "stream" ? series.map((one) => one.timeline) : []))),
  ];
  const union = createUnion(streams);
  const ticks = tailOf(union.next());
  const chunk = growing ? (options.chunk ?? CHUNK) : Math.min(options.chunk ?? CHUNK, Math.max(1, ticks.cells.length));
  const timelines = timelinesOf(plans);
  for (const timeline of timelines) sizeTimeline(timeline, chunk);
  const { keep, follow = [], known = NOTHING_KNOWN } = options;
  const needed = neededNodes(graph.nodes, [...keep, ...follow], known);
  const tasks = scheduleTasks(plans).filter(({ plan }) => needed.has(plan.node.index));
  const columns = createColumns({ plans, tasks, panels, keep, follow, known, timelines });
  const { userLoop = "auto", begun = NOTHING_KNOWN } = options;
  // What a chain knows of its kernels' first rows is fixed; where rows are added, they may still have to come.
  const single = createSteps({ tasks, columns, userLoop, begun });
  const { measure } = options;
  const spent = new Float64Array(measure === undefined ? 0 : graph.nodes.length);
  const steps =
    measure === undefined
      ? chainKernels(single, growing ? "shared" : userLoop, progress)
      : // Apart: a chain is one step for many nodes.
        measuredSteps(single, measure, spent);
  const views = new Map(
    [...keep, ...follow].map((ref) => [`${ref.node} ${ref.column}`, viewColumn(ref, plans, columns)]),
  );
  const read = [...views.values()].flatMap(({ series }) => series);
  const feed = growing ? createFeed(plans, columns) : undefined;
  // Rows are taken after it: the last stamp that was admitted.
  let admitted = ticks.cells.at(-1) ?? Number.NEGATIVE_INFINITY;
  let clock = ticks.cells;
  let at = 0;
  let failure: unknown;

  // All that is known at the stamps of the clock before `end`.
  const slice = (end: number): void => {
    const now = clock[end - 1 - ticks.origin]!;
    for (let k = 0; k < timelines.length; k++) {
      const timeline = timelines[k]!;
      const { origin } = timeline;
      timeline.target = timeline.due === clock ? end : origin + countUntil(timeline.due, now, timeline.cursor - origin);
      if (timeline.target - timeline.base > timeline.capacity) makeRoom(timeline);
    }
    for (let k = 0; k < steps.length; k++) {
      const step = steps[k]!;
      if (step.node !== LINKED) progress[0] = step.node;
      step.run();
    }
    for (let k = 0; k < timelines.length; k++) {
      const timeline = timelines[k]!;
      timeline.cursor = timeline.target;
    }
    for (let k = 0; k < read.length; k++) {
      const view = read[k]!;
      view.computed = view.timeline.cursor;
    }
    at = end;
  };

  // The commonest graph of all: one symbol's kernels, which are one step on one timeline, and one column that is read.
  const [timeline] = timelines;
  const [chain] = steps;
  const [view] = read;
  const lone =
    timelines.length === 1 &&
    steps.length === 1 &&
    read.length === 1 &&
    chain?.node === LINKED &&
    timeline?.due === clock &&
    !growing;
  const sliceLone = (end: number): void => {
    timeline!.target = end;
    if (end - timeline!.base > timeline!.capacity) makeRoom(timeline!);
    chain!.run();
    timeline!.cursor = end;
    view!.computed = end;
    at = end;
  };

  const reach = (count: number): void => {
    // A node that failed has done half a slice: going on would compute from it.
    if (failure !== undefined) throw failure;
    try {
      if (lone) while (at < count) sliceLone(Math.min(count, at + chunk));
      else while (at < count) slice(Math.min(count, at + chunk));
    } catch (error) {
      failure = isQmtlError(error) ? error : kernelFailed(error, graph.nodes[progress[0]!]);
      throw failure;
    } finally {
      progress[0] = -1;
    }
  };

  const admit = (to: number): void => {
    if (feed === undefined) return;
    if (to > admitted && to < Number.POSITIVE_INFINITY) admitted = to;
    if (!feed.admit(to)) return;
    forgetRows(ticks, at);
    for (const timeline of laid) forgetStamps(timeline);
    addRows(ticks, union.next());
    clock = ticks.cells;
    admitted = Math.max(admitted, clock.at(-1)!);
    for (const step of growth) step();
    columns.extend();
    for (const timeline of timelines) announce(timeline);
  };

  return {
    clock: () => clock,
    passed: () => ticks.origin,
    upcoming: () =>
      Math.min(clock[at - ticks.origin] ?? Number.POSITIVE_INFINITY, feed?.upcoming() ?? Number.POSITIVE_INFINITY),
    counters: () => countRows(tasks),
    spent: () => spent,
    extent: () => ({
      laid: laid.reduce((sum, { rows }) => sum + rows, 0),
      held: laid.reduce((sum, { kept }) => sum + kept.stamps.store.length, feed?.held() ?? 0) + columns.held(),
    }),
    append(rows) {
      if (feed === undefined)
        throw new QmtlError({
          code: "engine.not-growing",
          message: "Rows were added to an execution that was made for the data it began with",
          next: "Make it with growing: true.",
          class: "failed",
        });
      feed.append(rows, admitted);
    },
    admit,
    advance(to) {
      admit(to);
      reach(ticks.origin + countUntil(clock, to, at - ticks.origin));
    },
    reach,
    kept(ref) {
      const view = views.get(`${ref.node} ${ref.column}`);
      if (view === undefined) throw notKept(ref);
      return view;
    },
  };
}

const NOTHING_KNOWN: ReadonlyMap<number, KnownNode> = new Map();

/** The nodes that somebody reads whose cells are not there already. */
function neededNodes(
  nodes: readonly GraphNode[],
  wanted: readonly ColumnRef[],
  known: ReadonlyMap<number, KnownNode>,
): ReadonlySet<number> {
  if (known.size === 0) return new Set(nodes.keys());
  const needed = new Set<number>();
  const want = (node: number): void => {
    if (!known.has(node)) needed.add(node);
  };
  for (const { node } of wanted) want(node);
  // Inputs have smaller indexes than their readers.
  for (const { index, inputs } of nodes.toReversed())
    if (needed.has(index)) for (const { read } of inputs) if (read.kind !== "constant") want(nodeRead(read));
  return needed;
}

/** The author's functions name their own failures: what else is thrown comes from a kernel. */
function kernelFailed(error: unknown, node: GraphNode | undefined): QmtlError {
  const name = node?.kind === "kernel" || node?.kind === "cross-kernel" ? node.kernel.name : `node ${node?.index}`;
  return new QmtlError({
    code: "engine.kernel-failed",
    message: `${name} threw ${describe(error)}`,
    place: { node: name },
    next: "Report it to the package that brings this kernel.",
    class: "failed",
    cause: error,
  });
}

function countRows(tasks: readonly Task[]): ExecutionCounters {
  const rows = new Map<number, number>();
  for (const { plan, series } of tasks)
    for (const { timeline, firstInput } of series === undefined ? plan.series : [series])
      rows.set(plan.node.index, (rows.get(plan.node.index) ?? 0) + Math.max(0, timeline.cursor - firstInput));
  const counts = [...rows.values()];
  return {
    nodes: counts.filter((count) => count > 0).length,
    rows: counts.reduce((sum, count) => sum + count, 0),
  };
}

function timelinesOf(plans: readonly NodePlan[]): readonly Timeline[] {
  return [
    ...new Set(plans.flatMap(({ series, folded = [] }) => [...series, ...folded].map(({ timeline }) => timeline))),
  ];
}

/** A column as its reader sees it: plain fields that are moved on, for they are read at every bar. */
interface ColumnView extends KeptColumn {
  readonly series: readonly SeriesView[];
}

interface SeriesView extends ColumnSeries {
  stamps: Float64Array;
  origin: number;
  values: ColumnArray;
  base: number;
  firstValid: number;
  computed: number;
  readonly timeline: Timeline;
}

function viewColumn(ref: ColumnRef, plans: readonly NodePlan[], columns: EngineColumns): ColumnView {
  const plan = plans[ref.node];
  if (plan?.node.output[ref.column] === undefined) throw notKept(ref);
  const series = plan.series.map((one): SeriesView => {
    const buffer = columns.of(one, ref.column);
    const { symbol, timeline } = one;
    const { whole } = buffer;
    const view: SeriesView = {
      symbol,
      stamps: timeline.stamps,
      origin: 0,
      values: whole?.cells ?? buffer.view,
      base: 0,
      firstValid: one.firstValid,
      computed: 0,
      timeline,
    };
    timeline.moved.push(() => {
      view.stamps = timeline.stamps;
      view.origin = timeline.origin;
      view.firstValid = one.firstValid;
      view.values = whole?.cells ?? buffer.view;
      view.base = whole?.origin ?? timeline.base;
    });
    return view;
  });
  return { scope: plan.node.scope, series };
}

function notKept({ node, column }: ColumnRef): QmtlError {
  return new QmtlError({
    code: "engine.not-kept",
    message: `Column "${column}" of node ${node} was not asked to be kept or followed`,
    next: "Name it in keep or follow.",
    class: "failed",
  });
}

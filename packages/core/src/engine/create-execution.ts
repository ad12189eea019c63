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
import { chainKernels, LINKED } from "./kernel-chain.ts";
import { planNodes } from "./plan.ts";
import { scheduleTasks, type Task } from "./schedule.ts";
import type { NodePlan } from "./series-plan.ts";
import { createSteps } from "./steps.ts";
import { countUntil, makeRoom, sizeTimeline, type Timeline, uniteStamps } from "./timeline.ts";

const CHUNK = 4096;

/**
 * @throws `engine.no-panel`, `engine.unknown-symbol`, `engine.no-finer-clock`, `engine.invalid-fold`, `engine.not-kept`
 * @see Execution
 */
export function createExecution(options: ExecutionOptions): Execution {
  const { graph, panels, progress = new Int32Array(1) } = options;
  const plans = planNodes(graph, panels);
  const clock = uniteStamps(
    plans.flatMap(({ node, series }) => (node.kind === "stream" ? series.map(({ timeline }) => timeline.stamps) : [])),
  );
  const chunk = Math.min(options.chunk ?? CHUNK, Math.max(1, clock.length));
  const timelines = timelinesOf(plans);
  for (const timeline of timelines) sizeTimeline(timeline, chunk);
  const { keep, follow = [], known = NOTHING_KNOWN } = options;
  const needed = neededNodes(graph.nodes, [...keep, ...follow], known);
  const tasks = scheduleTasks(plans).filter(({ plan }) => needed.has(plan.node.index));
  const columns = createColumns({ plans, tasks, panels, keep, follow, known, timelines });
  const { userLoop = "auto" } = options;
  const steps = chainKernels(createSteps({ tasks, columns, userLoop }), userLoop, progress);
  const views = new Map(
    [...keep, ...follow].map((ref) => [`${ref.node} ${ref.column}`, viewColumn(ref, plans, columns)]),
  );
  const read = [...views.values()].flatMap(({ series }) => series);
  let at = 0;
  let failure: unknown;

  // All that is known at the stamps of the clock before `end`.
  const slice = (end: number): void => {
    for (let k = 0; k < timelines.length; k++) {
      const timeline = timelines[k]!;
      timeline.target = timeline.due === clock ? end : countUntil(timeline.due, clock[end - 1]!, timeline.cursor);
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
    timeline?.due === clock;
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

  return {
    clock,
    get counters() {
      return countRows(tasks);
    },
    advance: (to) => reach(countUntil(clock, to, at)),
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
  values: ColumnArray;
  base: number;
  computed: number;
  readonly timeline: Timeline;
}

function viewColumn(ref: ColumnRef, plans: readonly NodePlan[], columns: EngineColumns): ColumnView {
  const plan = plans[ref.node];
  if (plan?.node.output[ref.column] === undefined) throw notKept(ref);
  const series = plan.series.map((one): SeriesView => {
    const buffer = columns.of(one, ref.column);
    const { symbol, timeline, firstValid } = one;
    const { stamps } = timeline;
    const { whole } = buffer;
    const view = { symbol, stamps, values: whole ?? buffer.view, base: 0, firstValid, computed: 0, timeline };
    if (whole === undefined)
      timeline.moved.push(() => {
        view.values = buffer.view;
        view.base = timeline.base;
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

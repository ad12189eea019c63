import type { AddedRows } from "../data/panel.ts";
import type { ColumnArray } from "../schema/cell.ts";
import { isQmtlError, QmtlError } from "../schema/error.ts";
import type { ColumnRef, GraphNode } from "../strategy/graph.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { createColumns, type EngineColumns, nodeRead } from "./columns.ts";
import { describe } from "./compute-error.ts";
import type {
  ColumnSeries,
  Execution,
  ExecutionCounters,
  ExecutionExtent,
  ExecutionOptions,
  KeptColumn,
  KnownNode,
} from "./execution.ts";
import { createFeed, type Feed } from "./feed.ts";
import { chainKernels, LINKED } from "./kernel-chain.ts";
import { measuredSteps } from "./measured-steps.ts";
import { layOut } from "./plan.ts";
import { createUnion } from "./row-merge.ts";
import { scheduleTasks, type Task } from "./schedule.ts";
import type { NodePlan, SeriesPlan } from "./series-plan.ts";
import type { Step } from "./step.ts";
import { createSteps } from "./steps.ts";
import { addRows, forgetRows, type Tail, tailOf } from "./tail.ts";
import {
  announce,
  countUntil,
  type Follower,
  forgetStamps,
  makeRoom,
  sizeTimeline,
  type Timeline,
} from "./timeline.ts";

const CHUNK = 4096;

/**
 * @throws `engine.not-begun`, `engine.no-panel`, `engine.unknown-symbol`, `engine.no-finer-clock`, `engine.invalid-fold`, `engine.not-kept`
 * @see Execution
 */
export function createExecution(options: ExecutionOptions): Execution {
  return new ChunkedExecution(options);
}

/** A class, for its methods outlive it: V8 forgets what it compiled for functions that close over an execution, once that is gone. */
class ChunkedExecution implements Execution {
  private readonly graph: ExecutionOptions["graph"];
  private readonly progress: Int32Array;
  private readonly chunk: number;
  private readonly growth: readonly (() => void)[];
  private readonly laid: readonly Timeline[];
  private readonly timelines: readonly Timeline[];
  private readonly union: ReturnType<typeof createUnion>;
  private readonly ticks: Tail<Float64Array>;
  private readonly tasks: readonly Task[];
  private readonly columns: EngineColumns;
  private readonly steps: readonly Step[];
  private readonly spending: Float64Array;
  private readonly views: ReadonlyMap<string, ColumnView>;
  private readonly read: readonly SeriesView[];
  private readonly feed: Feed | undefined;
  private readonly lone: Lone | undefined;
  private stamps: Float64Array;
  /** Rows are taken after it: the last stamp that was admitted. */
  private admitted: number;
  private at = 0;
  private failure: unknown;

  constructor(options: ExecutionOptions) {
    const { graph, panels, growing = false, progress = new Int32Array(1) } = options;
    this.graph = graph;
    this.progress = progress;
    const { plans, steps: growth, timelines: laid } = layOut(graph, panels, growing);
    this.growth = growth;
    this.laid = laid;
    this.union = createUnion(streamTimelines(plans));
    this.ticks = tailOf(this.union.next());
    this.stamps = this.ticks.cells;
    this.admitted = this.stamps.at(-1) ?? Number.NEGATIVE_INFINITY;
    this.chunk = growing ? (options.chunk ?? CHUNK) : Math.min(options.chunk ?? CHUNK, Math.max(1, this.stamps.length));
    this.timelines = timelinesOf(plans);
    for (const timeline of this.timelines) sizeTimeline(timeline, this.chunk);
    const { keep, follow = [], known = NOTHING_KNOWN } = options;
    const needed = neededNodes(graph.nodes, [...keep, ...follow], known);
    this.tasks = scheduleTasks(plans, needed);
    this.columns = createColumns({ plans, tasks: this.tasks, panels, keep, follow, known, timelines: this.timelines });
    const { userLoop = "auto", begun = NOTHING_KNOWN, measure } = options;
    const single = createSteps({ tasks: this.tasks, columns: this.columns, userLoop, begun });
    this.spending = new Float64Array(measure === undefined ? 0 : graph.nodes.length);
    this.steps =
      measure === undefined
        ? // What a chain knows of its kernels' first rows is fixed; where rows are added, they may still have to come.
          chainKernels(single, growing ? "shared" : userLoop, progress)
        : // Apart: a chain is one step for many nodes.
          measuredSteps(single, measure, this.spending);
    const views = new Map<string, ColumnView>();
    for (const ref of [...keep, ...follow])
      if (!views.has(nameOf(ref))) views.set(nameOf(ref), viewColumn(ref, plans, this.columns));
    this.views = views;
    const read: SeriesView[] = [];
    for (const { series } of views.values()) read.push(...series);
    this.read = read;
    this.feed = growing ? createFeed(plans, this.columns) : undefined;
    this.lone = growing ? undefined : loneOf(this.timelines, this.steps, this.read, this.stamps);
  }

  clock(): Float64Array {
    return this.stamps;
  }

  passed(): number {
    return this.ticks.origin;
  }

  upcoming(): number {
    const next = this.stamps[this.at - this.ticks.origin] ?? Number.POSITIVE_INFINITY;
    return Math.min(next, this.feed?.upcoming() ?? Number.POSITIVE_INFINITY);
  }

  counters(): ExecutionCounters {
    return countRows(this.tasks);
  }

  spent(): Float64Array {
    return this.spending;
  }

  extent(): ExecutionExtent {
    const stamps = this.laid.reduce((sum, { kept }) => sum + kept.stamps.store.length, this.feed?.held() ?? 0);
    return { laid: this.laid.reduce((sum, { rows }) => sum + rows, 0), held: stamps + this.columns.held() };
  }

  append(rows: ReadonlyMap<number, AddedRows>): void {
    if (this.feed === undefined)
      throw new QmtlError({
        code: "engine.not-growing",
        message: "Rows were added to an execution that was made for the data it began with",
        next: "Make it with growing: true.",
        class: "failed",
      });
    this.feed.append(rows, this.admitted);
  }

  admit(to: number): void {
    const { feed, ticks } = this;
    if (feed === undefined) return;
    if (to > this.admitted && to < Number.POSITIVE_INFINITY) this.admitted = to;
    if (!feed.admit(to)) return;
    forgetRows(ticks, this.at);
    for (const timeline of this.laid) forgetStamps(timeline);
    addRows(ticks, this.union.next());
    this.stamps = ticks.cells;
    this.admitted = Math.max(this.admitted, ticks.cells.at(-1)!);
    for (const step of this.growth) step();
    this.columns.extend();
    for (const timeline of this.timelines) announce(timeline);
  }

  advance(to: number): void {
    this.admit(to);
    const { origin } = this.ticks;
    this.reach(origin + countUntil(this.stamps, to, this.at - origin));
  }

  reach(count: number): void {
    // A node that failed has done half a slice: going on would compute from it.
    if (this.failure !== undefined) throw this.failure;
    const { lone, chunk } = this;
    try {
      let { at } = this;
      while (at < count) {
        at = Math.min(count, at + chunk);
        if (lone === undefined) this.slice(at);
        else sliceLone(lone, at);
        this.at = at;
      }
    } catch (error) {
      const { progress } = this;
      this.failure = isQmtlError(error) ? error : kernelFailed(error, this.graph.nodes[progress[0]!]);
      progress[0] = -1;
      throw this.failure;
    }
  }

  kept(ref: ColumnRef): KeptColumn {
    const view = this.views.get(nameOf(ref));
    if (view === undefined) throw notKept(ref);
    return view;
  }

  /** All that is known at the stamps of the clock before `end`. */
  private slice(end: number): void {
    const { timelines, steps, read, progress, stamps, ticks } = this;
    const now = stamps[end - 1 - ticks.origin]!;
    for (let k = 0; k < timelines.length; k++) {
      const timeline = timelines[k]!;
      const { origin } = timeline;
      timeline.target =
        timeline.due === stamps ? end : origin + countUntil(timeline.due, now, timeline.cursor - origin);
      if (timeline.target - timeline.base > timeline.capacity) makeRoom(timeline);
    }
    for (let k = 0; k < steps.length; k++) {
      const step = steps[k]!;
      if (step.node !== LINKED) progress[0] = step.node;
      step.run();
    }
    progress[0] = -1;
    for (let k = 0; k < timelines.length; k++) {
      const timeline = timelines[k]!;
      timeline.cursor = timeline.target;
    }
    for (let k = 0; k < read.length; k++) {
      const view = read[k]!;
      view.computed = view.timeline.cursor;
    }
  }
}

/** The commonest graph of all: one symbol's kernels, which are one step on one timeline, and one column that is read. */
interface Lone {
  readonly timeline: Timeline;
  readonly chain: Step;
  readonly view: SeriesView;
}

function loneOf(
  timelines: readonly Timeline[],
  steps: readonly Step[],
  read: readonly SeriesView[],
  clock: Float64Array,
): Lone | undefined {
  const [timeline, ...others] = timelines;
  const [chain] = steps;
  const [view] = read;
  if (timeline?.due !== clock || others.length > 0 || steps.length > 1 || read.length > 1) return undefined;
  return chain?.node === LINKED && view !== undefined ? { timeline, chain, view } : undefined;
}

function sliceLone({ timeline, chain, view }: Lone, end: number): void {
  timeline.target = end;
  if (end - timeline.base > timeline.capacity) makeRoom(timeline);
  chain.run();
  timeline.cursor = end;
  view.computed = end;
}

function nameOf({ node, column }: ColumnRef): string {
  return `${node} ${column}`;
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

function streamTimelines(plans: readonly NodePlan[]): readonly Timeline[] {
  const timelines = new Set<Timeline>();
  for (const { node, series } of plans)
    if (node.kind === "stream") for (const { timeline } of series) timelines.add(timeline);
  return [...timelines];
}

function timelinesOf(plans: readonly NodePlan[]): readonly Timeline[] {
  const timelines = new Set<Timeline>();
  for (const { series, folded } of plans) {
    for (const { timeline } of series) timelines.add(timeline);
    if (folded !== undefined) for (const { timeline } of folded) timelines.add(timeline);
  }
  return [...timelines];
}

/** A column as its reader sees it: plain fields that are moved on, for they are read at every bar. */
interface ColumnView extends KeptColumn {
  readonly series: readonly SeriesView[];
}

class SeriesView implements ColumnSeries, Follower {
  readonly symbol: string;
  readonly timeline: Timeline;
  stamps: Float64Array;
  origin = 0;
  values: ColumnArray;
  base = 0;
  firstValid: number;
  computed = 0;
  private readonly plan: SeriesPlan;
  private readonly buffer: ColumnBuffer;

  constructor(plan: SeriesPlan, buffer: ColumnBuffer) {
    const { symbol, timeline, firstValid } = plan;
    this.symbol = symbol;
    this.timeline = timeline;
    this.stamps = timeline.stamps;
    this.values = buffer.whole?.cells ?? buffer.view;
    this.firstValid = firstValid;
    this.plan = plan;
    this.buffer = buffer;
    timeline.followers.push(this);
  }

  follow(): void {
    const { timeline, plan, buffer } = this;
    const { whole } = buffer;
    this.stamps = timeline.stamps;
    this.origin = timeline.origin;
    this.firstValid = plan.firstValid;
    this.values = whole?.cells ?? buffer.view;
    this.base = whole?.origin ?? timeline.base;
  }
}

function viewColumn(ref: ColumnRef, plans: readonly NodePlan[], columns: EngineColumns): ColumnView {
  const plan = plans[ref.node];
  if (plan?.node.output[ref.column] === undefined) throw notKept(ref);
  const series: SeriesView[] = [];
  for (const one of plan.series) series.push(new SeriesView(one, columns.of(one, ref.column)));
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

import { allocateColumn } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Fold } from "../schema/schema.ts";
import type { ColumnRef, GraphNode, InputRef } from "../strategy/graph.ts";
import { asOfStep, barTimeStep, coarseStep, rngStep } from "./clock-step.ts";
import { type ColumnBuffer, wholeColumn, windowColumn } from "./column-buffer.ts";
import { aggregateStep, crossKernelStep, crossSectionStep } from "./cross-step.ts";
import type { Execution, ExecutionCounters, ExecutionOptions, KeptColumn } from "./execution.ts";
import { kernelStep } from "./kernel-step.ts";
import { type NodePlan, planNodes, type SeriesPlan } from "./plan.ts";
import type { Step } from "./step.ts";
import { makeRoom, rowsUntil, sizeTimeline, type Timeline, uniteStamps } from "./timeline.ts";
import { userStep } from "./user-step.ts";

const CHUNK = 4096;
/** Rows from which a user node is worth a loop of its own. */
const OWN_LOOP_ROWS = 50_000;

/** @see Execution */
export function createExecution(options: ExecutionOptions): Execution {
  const { graph, panels, progress } = options;
  const chunk = options.chunk ?? CHUNK;
  const plans = planNodes(graph, panels);
  const timelines = [...new Set(plans.flatMap(({ series }) => series.flatMap(timelinesWithin)))];
  for (const timeline of timelines) sizeTimeline(timeline, chunk);
  const kept = keptColumns(options.keep, graph.nodes);
  const columns = createColumns(plans, kept, options);
  const steps = plans.flatMap((plan) => createSteps(plan, plans, columns, options));
  const clock = uniteStamps(
    plans.flatMap(({ node, series }) => (node.kind === "stream" ? series.map(({ timeline }) => timeline.stamps) : [])),
  );
  const counters: ExecutionCounters = { nodes: 0, rows: 0 };
  const worked = new Uint8Array(graph.nodes.length);
  let at = 0;

  const slice = (to: number): void => {
    for (const timeline of timelines) {
      timeline.target = rowsUntil(timeline.stamps, to, timeline.cursor);
      makeRoom(timeline);
    }
    for (const step of steps) {
      if (!hasNewRows(step)) continue;
      if (progress !== undefined) progress[0] = step.node;
      const rows = step.run();
      if (rows === 0) continue;
      counters.rows += rows;
      if (worked[step.node] === 0) {
        worked[step.node] = 1;
        counters.nodes++;
      }
    }
    for (const timeline of timelines) timeline.cursor = timeline.target;
  };

  return {
    clock,
    counters,
    advance(to) {
      const end = rowsUntil(clock, to, at);
      while (end - at > chunk) {
        at += chunk;
        slice(clock[at - 1]!);
      }
      at = end;
      slice(to);
      if (progress !== undefined) progress[0] = -1;
    },
    kept: (ref) => keptColumn(ref, plans, columns),
  };
}

function hasNewRows({ timelines }: Step): boolean {
  for (const timeline of timelines) if (timeline.target > timeline.cursor) return true;
  return false;
}

/** A series' own timeline, and those of series that exist only inside it (the joined symbols of an aggregate). */
function timelinesWithin({ timeline, sources }: SeriesPlan): Timeline[] {
  return [timeline, ...sources.flatMap((source) => (source === undefined ? [] : [source.series.timeline]))];
}

const keyOf = (node: number, column: string): string => `${node}:${column}`;

/** Columns to keep, followed through nodes that only rename what another one holds. */
function keptColumns(keep: readonly ColumnRef[], nodes: readonly GraphNode[]): ReadonlySet<string> {
  const kept = new Set<string>();
  for (const start of keep) {
    for (let ref: ColumnRef | undefined = start; ref !== undefined; ) {
      kept.add(keyOf(ref.node, ref.column));
      const node: GraphNode = nodes[ref.node]!;
      ref = aliasOf(node, ref.column);
    }
  }
  return kept;
}

/** The column that a column is another name of: a cast, or one symbol of a panel. */
function aliasOf(node: GraphNode, column: string): ColumnRef | undefined {
  if (node.kind !== "cast" && node.kind !== "pick") return undefined;
  const read = node.inputs[0]!.read;
  if (read.kind === "column") return read.ref;
  return read.kind === "panel" ? { node: read.node, column } : undefined;
}

type Columns = ReadonlyMap<SeriesPlan, Readonly<Record<string, ColumnBuffer>>>;

function createColumns(plans: readonly NodePlan[], kept: ReadonlySet<string>, { panels }: ExecutionOptions): Columns {
  const columns = new Map<SeriesPlan, Record<string, ColumnBuffer>>();
  for (const { node, series } of plans) {
    series.forEach((plan, s) => {
      const buffers: Record<string, ColumnBuffer> = {};
      for (const [name, cell] of Object.entries(node.output)) {
        const alias = aliasOf(node, name);
        if (alias !== undefined) {
          const owner = columns.get(plan.sources[0]!.series)![alias.column]!;
          buffers[name] = cell === owner.cell ? owner : aliasBuffer(owner, cell);
        } else if (node.kind === "stream")
          buffers[name] = wholeColumn(cell, plan.timeline, panels.get(node.index)!.series[s]!.columns[name]!);
        else if (kept.has(keyOf(node.index, name)))
          buffers[name] = wholeColumn(cell, plan.timeline, allocateColumn(cell, plan.timeline.stamps.length));
        else buffers[name] = windowColumn(cell, plan.timeline);
      }
      columns.set(plan, buffers);
    });
  }
  return columns;
}

function aliasBuffer(owner: ColumnBuffer, cell: ColumnBuffer["cell"]): ColumnBuffer {
  const buffer: ColumnBuffer = { cell, timeline: owner.timeline, whole: owner.whole, view: owner.view };
  owner.timeline.moved.push(() => {
    buffer.view = owner.view;
  });
  return buffer;
}

function createSteps({ node, series }: NodePlan, plans: readonly NodePlan[], columns: Columns, options: ExecutionOptions): Step[] {
  const own = (plan: SeriesPlan): ColumnBuffer[] => Object.keys(node.output).map((name) => columns.get(plan)![name]!);
  const inputsOf = (plan: SeriesPlan): (readonly ColumnBuffer[])[] =>
    node.inputs.map(({ read }, k) => {
      const source = plan.sources[k];
      return source === undefined ? [] : columnsRead(read).map((name) => columns.get(source.series)![name]!);
    });
  const scopes = node.inputs.map(({ read }) => (read.kind === "constant" ? "market" : plans[nodeRead(read)]!.node.scope));
  switch (node.kind) {
    case "stream":
    case "pick":
    case "cast":
    case "label":
      return [];
    case "kernel":
      return series.map((plan) => kernelStep({ node, plan, inputs: inputsOf(plan).map(([column]) => column!), outputs: own(plan) }));
    case "user":
      return series.map((plan) =>
        userStep({ node, plan, inputs: inputsOf(plan), outputs: own(plan), generated: ownLoop(options, series) }),
      );
    case "cross-section":
      return [
        crossSectionStep({ node, series, scopes, inputs: series.map((plan) => inputsOf(plan).map(([column]) => column)), outputs: series.map(own) }),
      ];
    case "cross-kernel":
      return [crossKernelStep({ node, series, inputs: series.map((plan) => inputsOf(plan).map(([column]) => column)), outputs: series.map(own) })];
    case "aggregate": {
      const plan = series[0]!;
      const joined = plan.sources.map((source) => source!.series);
      return [
        aggregateStep({
          node,
          series: joined,
          scopes,
          inputs: joined.map((one) => inputsOf(one).map(([column]) => column)),
          timeline: plan.timeline,
          outputs: own(plan),
        }),
      ];
    }
    case "resample":
      return series.map((plan) => {
        const inputs = inputsOf(plan)[0]!;
        const given = { node: node.index, plan, inputs, outputs: own(plan) };
        if (node.direction === "shorter") return asOfStep(given);
        return coarseStep({ ...given, folds: Object.keys(node.output).map((name): Fold => node.fold[name] ?? "last") });
      });
    case "align":
      return series.map((plan) => asOfStep({ node: node.index, plan, inputs: inputsOf(plan)[0]!, outputs: own(plan) }));
    case "bar-time":
      return series.map((plan) => barTimeStep({ node: node.index, plan, outputs: own(plan) }));
    case "rng":
      return series.map((plan) => rngStep({ node: node.index, plan, outputs: own(plan), seed: node.seed }));
  }
}

/** A loop of its own pays above some rows; below, compiling it costs more than it saves. */
function ownLoop({ userLoop = "auto" }: ExecutionOptions, series: readonly SeriesPlan[]): boolean {
  if (userLoop !== "auto") return userLoop === "generated";
  return series.reduce((rows, { timeline }) => rows + timeline.stamps.length, 0) >= OWN_LOOP_ROWS;
}

function nodeRead(read: Exclude<InputRef, { kind: "constant" }>): number {
  return read.kind === "column" || read.kind === "window" ? read.ref.node : read.node;
}

function columnsRead(read: InputRef): readonly string[] {
  if (read.kind === "constant") return [];
  return read.kind === "column" || read.kind === "window" ? [read.ref.column] : read.columns;
}

function keptColumn(ref: ColumnRef, plans: readonly NodePlan[], columns: Columns): KeptColumn {
  const plan = plans[ref.node];
  const series = plan?.series.map((one) => {
    const buffer = columns.get(one)?.[ref.column];
    if (buffer?.whole === undefined) throw notKept(ref);
    return {
      symbol: one.symbol,
      stamps: one.timeline.stamps,
      values: buffer.whole,
      firstValid: one.firstValid,
      get computed() {
        return one.timeline.cursor;
      },
    };
  });
  if (plan === undefined || series === undefined) throw notKept(ref);
  return { scope: plan.node.scope, series };
}

function notKept({ node, column }: ColumnRef): QmtlError {
  return new QmtlError({
    code: "engine.not-kept",
    message: `Column "${column}" of node ${node} was not asked to be kept`,
    next: "Name it in keep.",
    class: "failed",
  });
}

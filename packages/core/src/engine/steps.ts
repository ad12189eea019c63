import type { ColumnArray } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { Fold } from "../schema/schema.ts";
import type { GraphNode, KernelNode } from "../strategy/graph.ts";
import { asOfStep, barTimeStep, coarseStep, rngStep } from "./clock-step.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { columnsRead, type EngineColumns, seriesOf } from "./columns.ts";
import { aggregateStep, crossKernelStep, crossSectionStep } from "./cross-step.ts";
import type { ExecutionOptions } from "./execution.ts";
import { createLoopCompiler, type LoopCompiler } from "./generated-loop.ts";
import { KernelStep } from "./kernel-step.ts";
import type { Task } from "./schedule.ts";
import type { NodePlan, SeriesPlan } from "./series-plan.ts";
import type { Step } from "./step.ts";
import { sharedUserLoop } from "./user-loop.ts";
import { userStep } from "./user-step.ts";

/** Rows from which a user node is worth a loop of its own; below, compiling it costs more than it saves. */
const OWN_LOOP_ROWS = 50_000;

export interface StepsOptions {
  readonly tasks: readonly Task[];
  readonly columns: EngineColumns;
  readonly userLoop: NonNullable<ExecutionOptions["userLoop"]>;
  readonly begun: NonNullable<ExecutionOptions["begun"]>;
}

/** @throws `engine.not-begun` for a node that can't be begun */
export function createSteps(options: StepsOptions): readonly Step[] {
  const { tasks, begun } = options;
  for (const { plan } of tasks) if (begun.has(plan.node.index)) requireStateless(plan.node);
  const compilers = new Map<NodePlan, LoopCompiler>();
  const steps: Step[] = [];
  for (const task of tasks) steps.push(createStep(options, compilers, task));
  return steps;
}

function createStep(
  { columns, userLoop, begun }: StepsOptions,
  compilers: Map<NodePlan, LoopCompiler>,
  task: Task,
): Step {
  const { plan } = task;
  const { node } = plan;
  const series = seriesOf(task);
  const inputs: (readonly (readonly ColumnBuffer[])[])[] = [];
  for (const one of series) inputs.push(inputsOf(columns, plan, one));
  const outputs: (readonly ColumnBuffer[])[] = [];
  for (const one of task.series === undefined ? plan.series : series) outputs.push(outputsOf(columns, plan, one));
  const first = { plan: series[0]!, inputs: inputs[0]!, outputs: outputs[0]! };
  switch (node.kind) {
    case "kernel":
      return new KernelStep({
        ...first,
        node,
        inputs: onlyColumns(inputs[0]!) as readonly ColumnBuffer[],
        grids: gridsOf(columns, node, series[0]!),
        scratch: columns.scratch(task),
      });
    case "user":
      return userStep({
        ...first,
        node,
        loopOf: compilerOf(compilers, plan, userLoop),
        begun: begunOf(begun, plan, series[0]!),
      });
    case "cross-section":
      return crossSectionStep({ node, series, inputs: inputs.map(onlyColumns), outputs });
    case "cross-kernel":
      return crossKernelStep({ node, series, inputs: inputs.map(onlyColumns), outputs });
    case "aggregate":
      return aggregateStep({
        node,
        series,
        inputs: inputs.map(onlyColumns),
        timeline: plan.series[0]!.timeline,
        outputs: outputs[0]!,
      });
    case "resample": {
      const given = { ...first, node: node.index, inputs: inputs[0]![0]! };
      if (node.direction === "shorter") return asOfStep(given);
      return coarseStep({ ...given, folds: Object.keys(node.output).map((name): Fold => node.fold[name] ?? "last") });
    }
    case "align":
      return asOfStep({ ...first, node: node.index, inputs: inputs[0]![0]! });
    case "bar-time":
      return barTimeStep({ ...first, node: node.index });
    case "rng":
      return rngStep({ ...first, node: node.index, seed: node.seed });
    default:
      throw new TypeError(`${node.kind} is no task`);
  }
}

/** The cells that a series begins with, in the order of its outputs. */
function begunOf(begun: StepsOptions["begun"], { node, series }: NodePlan, one: SeriesPlan): readonly ColumnArray[] {
  const cells = begun.get(node.index);
  if (cells === undefined) return [];
  return Object.keys(node.output).flatMap((name) => cells[name]?.[series.indexOf(one)] ?? []);
}

function gridsOf(columns: EngineColumns, node: KernelNode, { sources }: SeriesPlan): readonly number[] {
  const grids: number[] = [];
  for (const [k, { read }] of node.inputs.entries())
    grids.push(columns.grid(sources[k]!.series, columnsRead(read)[0]!));
  return grids;
}

function inputsOf(
  columns: EngineColumns,
  { node }: NodePlan,
  { sources }: SeriesPlan,
): readonly (readonly ColumnBuffer[])[] {
  const inputs: ColumnBuffer[][] = [];
  for (const [k, { read }] of node.inputs.entries()) {
    const of: ColumnBuffer[] = [];
    const source = sources[k];
    if (source !== undefined) for (const column of columnsRead(read)) of.push(columns.of(source.series, column));
    inputs.push(of);
  }
  return inputs;
}

function outputsOf(columns: EngineColumns, { node }: NodePlan, series: SeriesPlan): readonly ColumnBuffer[] {
  const outputs: ColumnBuffer[] = [];
  for (const column of Object.keys(node.output)) outputs.push(columns.of(series, column));
  return outputs;
}

function compilerOf(
  compilers: Map<NodePlan, LoopCompiler>,
  plan: NodePlan,
  userLoop: StepsOptions["userLoop"],
): LoopCompiler {
  const known = compilers.get(plan);
  if (known !== undefined) return known;
  const rows = plan.series.reduce((sum, { timeline }) => sum + timeline.stamps.length, 0);
  const own = userLoop === "auto" ? rows >= OWN_LOOP_ROWS : userLoop === "generated";
  const compiler = own ? createLoopCompiler() : sharedUserLoop;
  compilers.set(plan, compiler);
  return compiler;
}

function requireStateless(node: GraphNode): void {
  if (node.kind === "user" && node.state === undefined) return;
  throw new QmtlError({
    code: "engine.not-begun",
    message: `Node ${node.index} (${node.kind}) was given its first cells, and can't go on from them`,
    next: "Give them to functions of the author that keep no state only.",
    class: "failed",
  });
}

function onlyColumns(inputs: readonly (readonly ColumnBuffer[])[]): readonly (ColumnBuffer | undefined)[] {
  return inputs.map(firstOf);
}

function firstOf([only]: readonly ColumnBuffer[]): ColumnBuffer | undefined {
  return only;
}

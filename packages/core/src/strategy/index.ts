/** `@qmtl/core/strategy`: the graph of a strategy, from streams to one decision. */
export type { Interval } from "../schema/interval.ts";
export { align, barTime, cast, pick, type Resampled, resample, rng } from "./clock.ts";
export type {
  Backward,
  Column,
  Dataset,
  Decision,
  Domain,
  IntervalOf,
  Label,
  Lag,
  LongerThan,
  Panel,
  PanelOf,
  Period,
  PerSymbol,
  Readable,
  Row,
  Scope,
  ScopeOf,
  ValueOf,
  Windowed,
  WindowRow,
  WindowView,
} from "./column.ts";
export type { Trade } from "./decision.ts";
export { dataset, orders, readArtifact, targetPositions, targetWeights } from "./decision.ts";
export type { CrossKernel, Kernel, KernelParams } from "./kernel.ts";
export { crossKernel, type KernelUse, kernel } from "./kernel-node.ts";
export { type BarrierLabel, type BarrierSpec, forwardReturn, tripleBarrier } from "./label.ts";
export type {
  AggregateSpec,
  ClockOf,
  CrossInputs,
  CrossOut,
  CrossSectionSpec,
  CrossView,
  Exactly,
  Input,
  Inputs,
  NodeSpec,
  OneClock,
  PlainState,
  ScopeOfAll,
  Values,
} from "./node.ts";
export { aggregate, crossSection, node } from "./node.ts";
export type { Param, Params, ParamValues, Range } from "./param.ts";
export { param } from "./param.ts";
export type { Strategy, StrategySpec } from "./strategy.ts";
export { strategy } from "./strategy.ts";
export type { StreamSpec } from "./stream.ts";
export { stream } from "./stream.ts";
export type { WindowOf } from "./window.ts";
export { window } from "./window.ts";

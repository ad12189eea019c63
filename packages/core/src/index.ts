/** `@qmtl/core`: the plugin core that runs the whole loop. */
export { isoText } from "./data/iso.ts";
export type { EvaluationTask } from "./evaluation/evaluate.ts";
export * from "./labels/index.ts";
export type { CallWatch, PluginHost } from "./plugin/host/index.ts";
export { bootPlugins, describePlugins } from "./plugin/host/index.ts";
export type { PlainPanel, PluginExecutor, RunJob, RunOutcome, StrategyExecutor } from "./runner/executor.ts";
export {
  type CodeReader,
  type GuardRunOptions,
  guardRun,
  type RunGuardReport,
  replayToGuard,
} from "./runner/guard-run.ts";
export { type BuiltStrategy, type InspectedStrategy, inspectStrategy, type StreamRequest } from "./runner/inspect.ts";
export { createJointReplay, type JointReplay } from "./runner/joint-replay.ts";
export {
  type LoadedWorld,
  listWorldFiles,
  loadWorld,
  type ProjectOptions,
  readWorldFile,
  storageWord,
  worldsFolder,
} from "./runner/load-world.ts";
export { localPlugins, notInspected, notRun } from "./runner/local-executor.ts";
export { providerOf } from "./runner/provider-of.ts";
export { createReplay, type Replay } from "./runner/replay.ts";
export { type SubmitResult, type SubmitStatus, submitResultJsonSchema, type Violation } from "./runner/result.ts";
export { type GateView, listRuns, type RunDecision, type RunName, type RunView, readRun } from "./runner/run-view.ts";
export { Runner, type RunnerOptions } from "./runner/runner.ts";
export type { StoredRun } from "./runner/stored-run.ts";
export { type SubmitContext, type SubmitRequest, submit } from "./runner/submit.ts";
export {
  MOST_UNCONFIRMED,
  type SweepAxis,
  type SweepExecutor,
  type SweepRequest,
  type SweepResult,
  type SweepRow,
  sweep,
} from "./runner/sweep.ts";
export { createSweepRoom, type SweepOutcome, type SweepParams, type SweepVariant } from "./runner/sweep-room.ts";
export { QMTL_VERSION } from "./runner/version.ts";
export { createWorkbench, type Workbench } from "./runner/workbench.ts";
export { approveWorld, importWorldData, readWorldStatus, type StoredSeriesView } from "./runner/world-view.ts";
export { isHandle } from "./strategy/handle.ts";
export { isStrategy } from "./strategy/strategy.ts";
export type { WorldConfig } from "./world/config.ts";
export type { WorldStatus } from "./world/status.ts";

/** `@qmtl/core`: the plugin core that runs the whole loop. */
export type { HeldPosition } from "./allocation/position.ts";
export { REBALANCE_MODES, type RebalanceMode } from "./allocation/rebalance.ts";
export { LEG_REASONS, type Leg, type LegOutcome } from "./backtest/rebalance.ts";
export { limitOrders, type RiskAccount, type RiskBreach, type RiskOrder, type RiskOutcome } from "./backtest/risk.ts";
export { tradeTable } from "./backtest/trade-table.ts";
export type { ControlEvent, ControlEventData, ControlEventType, ControlSnapshot } from "./bus/event.ts";
export { type Relay, type RelayOptions, startRelay } from "./bus/relay.ts";
export { isoText } from "./data/iso.ts";
export type { EvaluationTask } from "./evaluation/evaluate.ts";
export { type RunManifest, runManifestPath } from "./graph/run-manifest.ts";
export * from "./labels/index.ts";
export { createMetrics, METRICS, type Metrics, SPANS } from "./observability/index.ts";
export type { CallWatch, PluginHost } from "./plugin/host/index.ts";
export { bootPlugins, describePlugins } from "./plugin/host/index.ts";

export {
  type AllocationView,
  type AllocationViewOptions,
  readAllocations,
  type StrategyAllocation,
} from "./runner/allocation-view.ts";

export { buildDataset, type DatasetColumn, type DatasetTable } from "./runner/build-dataset.ts";
export { type BuiltTable, buildDatasetOf, type DatasetExecutor } from "./runner/dataset.ts";
export type { PlainPanel, PluginExecutor, RunJob, RunOutcome, StrategyExecutor } from "./runner/executor.ts";
export {
  type CodeReader,
  type GuardRunOptions,
  guardRun,
  type RunGuardReport,
  replayToGuard,
} from "./runner/guard-run.ts";
export {
  type BuiltDataset,
  type BuiltStrategy,
  type InspectedDataset,
  type InspectedStrategy,
  type InspectOptions,
  inspectDataset,
  inspectStrategy,
  type StreamRequest,
} from "./runner/inspect.ts";
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
export type { ColumnFigures, NodeFigures } from "./runner/node-figures.ts";
export {
  createPreviewer,
  type PreviewExecutor,
  type Previewer,
  type PreviewRequest,
  type PreviewResult,
} from "./runner/preview.ts";
export { providerOf } from "./runner/provider-of.ts";
export {
  type AppliedRebalance,
  applyWorldRebalance,
  type HeldBook,
  type PlannedRebalance,
  planWorldRebalance,
  type RebalanceExecutor,
  type RebalanceOptions,
  runnerBook,
} from "./runner/rebalance-world.ts";
export { createReplay, type Replay } from "./runner/replay.ts";
export { type SubmitResult, type SubmitStatus, submitResultJsonSchema, type Violation } from "./runner/result.ts";
export type {
  AccountStanding,
  CancelledRecord,
  RebalancedAccountRecord,
  TradedRecord,
} from "./runner/run/account-record.ts";
export type { RunEvent } from "./runner/run/event.ts";
export type { RunExecutor } from "./runner/run/executor.ts";
export {
  type AccountJob,
  type AccountProgress,
  type AccountRebalance,
  type AccountStep,
  createPaperAccount,
  type PaperAccount,
} from "./runner/run/paper-account.ts";
export { type RunContext, type RunRequest, runStrategy } from "./runner/run/run-strategy.ts";
export { HOLD_REASONS } from "./runner/run/standing.ts";
export {
  type GateView,
  listRunSummaries,
  listRuns,
  type RunDecision,
  type RunName,
  type RunSummary,
  type RunView,
  readRun,
} from "./runner/run-view.ts";
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
export { ruleOnStrategy, type TickContext, type TickedStrategy, type TickResult, tickWorld } from "./runner/tick.ts";
export { QMTL_VERSION } from "./runner/version.ts";
export { createWorkbench, type Workbench } from "./runner/workbench.ts";
export {
  type ApplyPlan,
  type ApplyStatus,
  abortApply,
  applyWorld,
  planApply,
  readApplyStatus,
} from "./runner/world-apply.ts";
export { readAudit, verifyAudit } from "./runner/world-audit.ts";
export { type EdgeChange, overrideEdge, readEdges } from "./runner/world-edges.ts";
export {
  approveWorld,
  importWorldData,
  readWorldStatus,
  type StoredSeriesView,
  watchWorld,
} from "./runner/world-view.ts";
export { isHandle } from "./strategy/handle.ts";
export { isStrategy } from "./strategy/strategy.ts";
export { type ActivationEntry, entryKey } from "./world/activation.ts";
export type { AuditLine } from "./world/audit.ts";
export type { WorldConfig } from "./world/config.ts";
export { type EdgeRead, type EdgeView, type EdgeWord, edgeAllowed } from "./world/edge.ts";
export type { Gate } from "./world/gate.ts";
export { GATE_REASONS, type GateReason } from "./world/gate-reason.ts";
export type { ExecutedRecord } from "./world/record.ts";
export type { Session, SessionHost, SessionReport } from "./world/session.ts";
export { type OpenWorld, openWorld } from "./world/shell/open-world.ts";
export {
  type Admission,
  type Change,
  type JoinOptions,
  joinWorld,
  type Participant,
  type ParticipantView,
} from "./world/shell/participant.ts";
export { thisHost } from "./world/shell/process-life.ts";
export type { WorldStatus } from "./world/status.ts";
export { parseDuration } from "./world/world-file.ts";

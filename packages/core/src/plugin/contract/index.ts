/** `@qmtl/core/plugin`: what a plugin package implements. Types, and functions that add nothing. */
export type {
  AllocatedShare,
  AllocationCandidate,
  AllocationExplanation,
  AllocationInput,
  Allocator,
  BindingLimit,
} from "./allocator.ts";
export type {
  ColumnBatch,
  CorporateAction,
  DataProvider,
  FollowQuery,
  PresetDescription,
  ReadQuery,
  SeriesKey,
  StampKind,
  TimeRange,
} from "./data-provider.ts";
export type {
  EvaluationInput,
  Evaluator,
  EvaluatorResult,
  Figure,
  MetricDescription,
  TradeRecord,
  TrialReturns,
  TrialScope,
  TrialStatistics,
  TrialsLeftOut,
  Verdict,
} from "./evaluator.ts";
export { type NodeDescription, nodeBuilder } from "./node-builder.ts";
export type {
  CallOptions,
  FetchInit,
  FetchResponse,
  Logger,
  Plugin,
  PluginInstances,
  PluginKind,
  PluginUse,
  Secret,
  SetupContext,
} from "./plugin.ts";
export { definePlugin, emptyConfig, PLUGIN_API, PLUGIN_KINDS, use } from "./plugin.ts";
export type { ProjectConfig } from "./project-config.ts";
export { defineConfig } from "./project-config.ts";
export type { StandardIssue, StandardResult, StandardSchema } from "./standard-schema.ts";
export type {
  AppendResult,
  JsonValue,
  ObjectStorage,
  StateStorage,
  Storage,
  StoredRecord,
  StreamAppend,
} from "./storage.ts";

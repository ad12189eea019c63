/**
 * `@qmtl/core/plugin-testing`: the suites that every plugin has to pass, ours and everyone's. Pass in the functions of your
 * test runner. Cases are numbered and stay so: PL for all plugins, DP for data providers, EV for evaluators, AL for
 * allocators, SC, ST and OB for storage.
 */
export type { AllocatorSuite } from "./allocator-suite.ts";
export { allocatorSuite } from "./allocator-suite.ts";
export type { DataProviderSuite } from "./data-provider-suite.ts";
export { dataProviderSuite } from "./data-provider-suite.ts";
export type { EvaluatorSuite } from "./evaluator-suite.ts";
export { evaluatorSuite } from "./evaluator-suite.ts";
export type { Setting } from "./opened.ts";
export type { TestRunner } from "./runner.ts";
export type { StorageSuite } from "./storage-suite.ts";
export { storageSuite } from "./storage-suite.ts";

/** Starts plugins, guards every call into them, and closes them. */
export { type BootOptions, bootPlugins } from "./boot.ts";
export type { CallWatch } from "./call.ts";
export { type DescribeOptions, describePlugins } from "./describe.ts";
export { DEADLINES, type Deadlines } from "./guard.ts";
export type { PluginHost } from "./host.ts";
export type { BootEntry, BootReport, Capabilities } from "./report.ts";

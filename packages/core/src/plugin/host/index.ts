/** Starts plugins, guards every call into them, and closes them. */
export type { BootOptions } from "./boot.ts";
export { bootPlugins } from "./boot.ts";
export type { CallRule, CallSite, Fault, Validate } from "./call.ts";
export { callPlugin, callPurePlugin } from "./call.ts";
export type { Deadlines } from "./guard.ts";
export { DEADLINES } from "./guard.ts";
export type { PluginHost } from "./host.ts";
export type { PluginIdentity } from "./identity.ts";
export type { BootEntry, BootReport, Capabilities } from "./report.ts";

import type { Metrics } from "../../observability/index.ts";
import type { ErrorPlace } from "../../schema/error.ts";
import type { CallSite, CallWatch } from "./call.ts";
import type { PluginIdentity } from "./identity.ts";

/** Milliseconds that a plugin has to answer. */
export interface Deadlines {
  readonly setup: number;
  /** One call, but for the ones below. */
  readonly call: number;
  /** One batch of a read. */
  readonly batch: number;
  readonly dispose: number;
}

/** A storage adapter may wait up to 30 s for a lock: a call has twice that. */
export const DEADLINES: Deadlines = { setup: 10_000, call: 60_000, batch: 60_000, dispose: 5_000 };

/** What every guarded object of one plugin shares. */
export interface GuardScope {
  readonly plugin: PluginIdentity;
  readonly metrics: Metrics;
  readonly closed: AbortSignal;
  readonly deadlines: Deadlines;
  readonly watch?: CallWatch | undefined;
  /** What the calls are done for, usually the world. */
  readonly place: ErrorPlace;
}

export function siteOf(scope: GuardScope, method: string, place: ErrorPlace = {}): CallSite {
  const { plugin, metrics, closed, watch: begin, deadlines } = scope;
  const patience = method === "config" || method === "setup" ? deadlines.setup : deadlines.call;
  const watch = begin === undefined ? {} : { watch: { begin, patience } };
  return { plugin, method, place: { ...scope.place, ...place }, metrics, closed, ...watch };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON text of any value, for messages; bounded. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

import type { ErrorPlace } from "../../schema/error.ts";
import type { Plugin, PluginKind } from "../contract/plugin.ts";

/** Who answers a call: what reports, errors and evaluation keys say of a plugin. Plain data. */
export interface PluginIdentity {
  readonly kind: PluginKind;
  readonly name: string;
  readonly use: string;
  readonly version: string;
}

export function identityOf(plugin: Plugin): PluginIdentity {
  return { kind: plugin.kind, name: plugin.name, use: plugin.use, version: plugin.version };
}

/** For people: `evaluator @qmtl/evaluator-standard 0.1.0`. */
export function describePlugin(plugin: PluginIdentity): string {
  return `${plugin.kind} ${plugin.name} ${plugin.version}`;
}

export function placeOf(plugin: PluginIdentity, method: string, place: ErrorPlace): ErrorPlace {
  return { ...place, plugin: plugin.name, pluginVersion: plugin.version, pluginKind: plugin.kind, method };
}

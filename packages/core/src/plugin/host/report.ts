import type { QmtlErrorJson } from "../../schema/error.ts";
import type { PluginInstances } from "../contract/plugin.ts";
import { guardEvaluator } from "./guard-evaluator.ts";
import { guardProvider } from "./guard-provider.ts";
import type { ReadyPlugin } from "./host.ts";

/** What a plugin brings. Plain data. */
export type Capabilities =
  | {
      readonly kind: "data-provider";
      /** As worlds write them: the plugin's word, a dot, the preset's name. */
      readonly presets: readonly string[];
      readonly live: boolean;
      readonly pointInTime: boolean;
    }
  | { readonly kind: "evaluator"; readonly metrics: readonly string[] }
  | { readonly kind: "allocator" }
  | { readonly kind: "storage"; readonly contracts: readonly ("state" | "objects")[] };

/** One line of the boot report. A plugin that could not be read shows `?` where it says nothing of itself. */
export type BootEntry = {
  readonly kind: string;
  readonly name: string;
  readonly use: string;
  readonly version: string;
  /** Milliseconds to check and set it up. */
  readonly ms: number;
} & (
  | { readonly status: "ready"; readonly capabilities: Capabilities }
  | { readonly status: "failed"; readonly error: QmtlErrorJson }
);

/** The plugins in the order of the project's configuration. Plain data. */
export interface BootReport {
  readonly plugins: readonly BootEntry[];
  readonly ms: number;
}

/** Asks a plugin, through its guard, what it brings. */
export function capabilitiesOf({ identity, instance, scope }: ReadyPlugin): Capabilities {
  switch (identity.kind) {
    case "data-provider": {
      const provider = guardProvider(instance as PluginInstances["data-provider"], scope);
      const presets = provider.presets().map((preset) => `${identity.use}.${preset.name}`);
      return { kind: identity.kind, presets, ...provider.supports };
    }
    case "evaluator": {
      const { metrics } = guardEvaluator(instance as PluginInstances["evaluator"], scope);
      return { kind: identity.kind, metrics: metrics.map((metric) => metric.name) };
    }
    case "allocator":
      return { kind: identity.kind };
    case "storage": {
      const { state, objects } = instance as PluginInstances["storage"];
      const contracts = [
        ...(state === undefined ? [] : (["state"] as const)),
        ...(objects === undefined ? [] : (["objects"] as const)),
      ];
      return { kind: identity.kind, contracts };
    }
  }
}

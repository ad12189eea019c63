/** The synchronous plugins of a world: evaluators and its allocator, guarded as everywhere. */
import { pathToFileURL } from "node:url";
import { bootPlugins, localPlugins, type PluginHost } from "@qmtl/core";
import type { AllocationInput, EvaluationInput, PluginUse, ProjectConfig } from "@qmtl/core/plugin";
import { applyPrelude } from "./prelude.ts";
import { handed, serve } from "./serve.ts";

export interface PluginRoom {
  /** The project's configuration as a module. */
  readonly configModule: string;
  readonly root: string;
  readonly world: string;
  /** What the world configures differently, by `kind:word`. */
  readonly configs: Readonly<Record<string, unknown>>;
  readonly now: number;
}

const { data } = handed<PluginRoom>();

let host: Promise<PluginHost> | undefined;

async function boot(): Promise<PluginHost> {
  const { default: config } = (await import(pathToFileURL(data.configModule).href)) as { default: ProjectConfig };
  const uses = config.plugins.flatMap((one): PluginUse[] => {
    const { kind, use } = one.plugin;
    if (kind !== "evaluator" && kind !== "allocator") return [];
    return [{ plugin: one.plugin, config: data.configs[`${kind}:${use}`] ?? one.config }];
  });
  const silent = { debug: () => {}, info: () => {}, warn: () => {} };
  const booted = await bootPlugins({ uses, root: data.root, clock: () => data.now, log: silent });
  applyPrelude();
  return booted;
}

async function plugins() {
  host ??= boot();
  return localPlugins(await host, data.world);
}

serve({
  evaluate: async ({ uses, inputs }: { uses: readonly string[]; inputs: readonly EvaluationInput[] }) =>
    (await plugins()).evaluate(uses, inputs),
  allocate: async ({ use, input }: { use: string; input: AllocationInput }) => (await plugins()).allocate(use, input),
});

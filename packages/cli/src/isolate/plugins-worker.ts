/** The synchronous plugins of a world: evaluators and its allocator, guarded as everywhere. */
import { pathToFileURL } from "node:url";
import { bootPlugins, type EvaluationTask, localPlugins, type PluginExecutor, type PluginHost } from "@qmtl/core";
import type { AllocationInput, EvaluationInput, PluginKind, PluginUse, ProjectConfig } from "@qmtl/core/plugin";
import type { ErrorPlace } from "@qmtl/core/schema";
import { applyPrelude } from "./prelude.ts";
import { PLUGIN_SLOT } from "./protocol.ts";
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

const { data, progress } = handed<PluginRoom>();

async function boot(): Promise<PluginExecutor> {
  const { default: config } = (await import(pathToFileURL(data.configModule).href)) as { default: ProjectConfig };
  const uses = config.plugins.flatMap((one): PluginUse[] => {
    const { kind, use } = one.plugin;
    if (kind !== "evaluator" && kind !== "allocator") return [];
    return [{ plugin: one.plugin, config: data.configs[`${kind}:${use}`] ?? one.config }];
  });
  const silent = { debug: () => {}, info: () => {}, warn: () => {} };
  const booted = await bootPlugins({ uses, root: data.root, clock: () => data.now, log: silent });
  applyPrelude("plugins");
  return localPlugins(watched(booted, config), data.world);
}

/** Says who computes, so that a deadline can name the plugin. */
function watched(host: PluginHost, { plugins: listed }: ProjectConfig): Pick<PluginHost, "get"> {
  const get = (kind: PluginKind, use: string, place?: ErrorPlace): unknown => {
    const index = listed.findIndex(({ plugin }) => plugin.kind === kind && plugin.use === use);
    const instance = host.get(kind, use, place);
    progress[PLUGIN_SLOT] = index;
    if (!("evaluate" in instance)) return instance;
    const evaluate = (input: EvaluationInput) => {
      progress[PLUGIN_SLOT] = index;
      return instance.evaluate(input);
    };
    return { ...instance, evaluate };
  };
  return { get: get as PluginHost["get"] };
}

// At once: they come up while data are connected. What fails is told to the first who calls.
const executor = boot();
executor.catch(() => {});

serve({
  evaluate: async ({ uses, tasks }: { uses: readonly string[]; tasks: readonly EvaluationTask[] }) =>
    (await executor).evaluate(uses, tasks),
  allocate: async (of: {
    readonly use: string;
    readonly input: AllocationInput;
    readonly options?: { readonly relax: boolean };
  }) => (await executor).allocate(of.use, of.input, of.options),
});

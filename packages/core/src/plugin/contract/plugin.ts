import type { Allocator } from "./allocator.ts";
import type { DataProvider } from "./data-provider.ts";
import type { Evaluator } from "./evaluator.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Storage } from "./storage.ts";

/** What `setup` of each kind of plugin returns. */
export interface PluginInstances {
  "data-provider": DataProvider;
  evaluator: Evaluator;
  allocator: Allocator;
  storage: Storage;
}

export type PluginKind = keyof PluginInstances;

export const PLUGIN_KINDS: readonly PluginKind[] = ["data-provider", "evaluator", "allocator", "storage"];

/** The generation of this contract. A plugin of another generation is refused at boot. */
export const PLUGIN_API = 1;

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A value that hides itself from logs, JSON and inspection; `reveal()` gives it. */
export interface Secret {
  reveal(): string;
}

/** What a plugin may rely on. It is not a wall: an in-process plugin has the authority of the user. */
export interface SetupContext {
  readonly log: Logger;
  /** The only source of time: epoch milliseconds UTC. */
  readonly clock: () => number;
  /** @throws `plugin.unknown-secret` */
  readonly secrets: (name: string) => Secret;
  /** Only https, only hosts that the plugin declares. */
  readonly fetch: (url: string, init?: FetchInit) => Promise<FetchResponse>;
  /** Aborted when the host closes. */
  readonly signal: AbortSignal;
  /** The folder of `qmtl.config.ts`: relative paths in a plugin's configuration count from here. */
  readonly root: string;
}

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  bytes(): Promise<Uint8Array>;
}

/** Given with every effectful call. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface Plugin<K extends PluginKind = PluginKind, C = unknown> {
  readonly kind: K;
  /** The npm package, or `package/part`. Unique among the plugins of a project. */
  readonly name: string;
  readonly version: string;
  readonly api: typeof PLUGIN_API;
  /** The word by which configuration files mean this plugin: `allocator: { use: equal }`, `preset: samples.sp500`. Unique per kind. */
  readonly use: string;
  readonly description: string;
  /** Hosts that `ctx.fetch` may reach. */
  readonly hosts?: readonly string[];
  readonly config: StandardSchema<unknown, C>;
  /** Pure kinds (evaluator, allocator) must return without waiting. */
  setup(context: SetupContext, config: C): PluginInstances[K] | Promise<PluginInstances[K]>;
}

/**
 * Types a plugin. It adds nothing: a plugin is a plain object.
 *
 * @example
 * export default definePlugin({
 *   kind: "allocator", name: "@acme/all-in", version: "1.0.0", api: 1, use: "all-in", description: "Everything to the first",
 *   config: emptyConfig,
 *   setup: () => ({ allocate: ({ candidates }) => candidates.map((c, i) => ({ strategy: c.strategy, share: i === 0 ? 1 : 0 })) }),
 * });
 */
export function definePlugin<K extends PluginKind, C>(plugin: Plugin<K, C>): Plugin<K, C> {
  return plugin;
}

/** A plugin with its configuration, as `qmtl.config.ts` lists it. */
export interface PluginUse {
  readonly plugin: Plugin;
  readonly config: unknown;
}

type Input<P> = P extends { readonly config: { readonly "~standard": { readonly types?: infer T } } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : unknown
  : unknown;

/**
 * Puts a plugin into a project, with its configuration.
 *
 * @example
 * export default defineConfig({ plugins: [use(dataSamples), use(dataFiles, { presets: {} })] });
 */
export function use<
  P extends {
    readonly kind: PluginKind;
    readonly config: StandardSchema<never, never> | StandardSchema<unknown, unknown>;
  },
>(plugin: P, config?: Input<P>): PluginUse {
  return { plugin: plugin as unknown as Plugin, config: config ?? {} };
}

/** The configuration schema of a plugin that has nothing to configure: an empty object. */
export const emptyConfig: StandardSchema<unknown, Record<never, never>> = {
  "~standard": {
    version: 1,
    vendor: "qmtl",
    validate: (value) => {
      const empty =
        typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
      if (value === undefined || empty) return { value: {} };
      return { issues: [{ message: "this plugin has nothing to configure" }] };
    },
    jsonSchema: { input: () => ({ type: "object", properties: {}, additionalProperties: false }) },
  },
};

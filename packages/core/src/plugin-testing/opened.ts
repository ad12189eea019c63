import { createMetrics } from "../observability/index.ts";
import type { Plugin, PluginInstances, PluginKind } from "../plugin/contract/plugin.ts";
import { callPlugin, type Fault } from "../plugin/host/call.ts";
import { contextFor } from "../plugin/host/context.ts";
import { identityOf } from "../plugin/host/identity.ts";
import { claim } from "./claim.ts";

/** Where and with which configuration a plugin is set up. */
export interface Setting {
  /** A folder that the plugin may use: `context.root`. */
  readonly root: string;
  readonly config: unknown;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The instance as `setup` gave it: the suites look at the plugin itself, not at its guard. */
export interface Opened<K extends PluginKind> {
  readonly instance: PluginInstances[K];
  close(): Promise<void>;
}

/** 2024-01-01T00:00Z: a suite's present. */
export const PRESENT = 1_704_067_200_000;

/** Milliseconds within which an answer, or the end after an abort, has to come. */
const PROMPT = 10_000;

export async function openPlugin<K extends PluginKind>(
  plugin: Plugin<K, unknown>,
  setting: Setting,
): Promise<Opened<K>> {
  const result = await plugin.config["~standard"].validate(setting.config);
  claim(result.issues === undefined, `the configuration is refused: ${JSON.stringify(result.issues)}`);
  const closer = new AbortController();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const context = contextFor(plugin as unknown as Plugin, {
    root: setting.root,
    clock: () => PRESENT,
    log,
    secrets: (name) => setting.secrets?.[name],
    closed: closer.signal,
  });
  const instance = await plugin.setup(context, result.value);
  return {
    instance,
    close: async () => {
      closer.abort();
      if ("dispose" in instance) await instance.dispose?.();
    },
  };
}

/** What the work gives, or a failure that says that it took too long. */
export function promptly<T>(plugin: Plugin, method: string, work: () => Promise<T>): Promise<T> {
  const site = {
    plugin: identityOf(plugin),
    method,
    place: {},
    metrics: createMetrics(),
    closed: new AbortController().signal,
  };
  return callPlugin(site, work, { deadline: PROMPT, validate: (answer) => answer as T });
}

/** For checks that the guard makes too: a fault fails the case. */
export const failCase: Fault = (what) => {
  throw new Error(`the answer ${what}`);
};

/** Options of a call that nobody cancels. */
export function uncancelled(): { readonly signal: AbortSignal } {
  return { signal: new AbortController().signal };
}

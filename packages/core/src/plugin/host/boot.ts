import { performance } from "node:perf_hooks";
import { createMetrics, type Metrics } from "../../observability/index.ts";
import { isQmtlError, QmtlError, type QmtlErrorJson } from "../../schema/error.ts";
import type { Logger, Plugin, PluginUse } from "../contract/plugin.ts";
import { type CallWatch, callPlugin, callPurePlugin } from "./call.ts";
import { checkSchemaResult, configError } from "./config.ts";
import { contextFor } from "./context.ts";
import { checkDescriptor } from "./descriptor.ts";
import { DEADLINES, type Deadlines, type GuardScope, isRecord, siteOf } from "./guard.ts";
import { disposeAll, type PluginHost, pluginHost, type ReadyPlugin } from "./host.ts";
import { identityOf } from "./identity.ts";
import { checkInstance } from "./instance.ts";
import { type BootEntry, type Capabilities, capabilitiesOf } from "./report.ts";

export interface BootOptions {
  readonly uses: readonly PluginUse[];
  /** The folder of the project's configuration. */
  readonly root: string;
  /** Epoch milliseconds UTC. */
  readonly clock: () => number;
  readonly log: Logger;
  /** The value of a named secret, or `undefined`. Default: there are none. */
  readonly secrets?: (name: string) => string | undefined;
  /** Ends the boot, and after it every call. */
  readonly signal?: AbortSignal;
  readonly metrics?: Metrics;
  readonly deadlines?: Partial<Deadlines>;
  /** Told of every call into a plugin while it is under way. */
  readonly watch?: CallWatch;
  /**
   * `throw` (default): the first failure ends the boot and closes what was up. `report`: broken plugins stand in the report
   * with their error, the others work.
   */
  readonly onFailure?: "throw" | "report";
}

/**
 * Checks and starts the plugins of a project, in their order, and gives guarded instances.
 *
 * @throws `plugin.invalid-descriptor`, `plugin.api-generation`, `plugin.duplicate-name`, `plugin.duplicate-use`,
 *   `plugin.invalid-config`, `plugin.boot-failed` (several of them), or what a setup threw
 */
export async function bootPlugins(options: BootOptions): Promise<PluginHost> {
  const started = performance.now();
  const closer = new AbortController();
  const boot: Boot = {
    options,
    closer,
    metrics: options.metrics ?? createMetrics(),
    deadlines: { ...DEADLINES, ...options.deadlines },
  };
  const close = (): void => closer.abort();
  options.signal?.addEventListener("abort", close, { once: true });
  if (options.signal?.aborted === true) close();

  const candidates = checkUses(options.uses);
  const broken = candidates.filter((candidate) => candidate.error !== undefined);
  if (options.onFailure !== "report" && broken.length > 0) throw oneError(broken);

  const ready: ReadyPlugin[] = [];
  const entries: BootEntry[] = [];
  for (const candidate of candidates) {
    const begun = performance.now();
    try {
      if (candidate.error !== undefined) throw candidate.error;
      const one = await start(candidate, boot);
      ready.push(one.ready);
      entries.push({
        ...one.ready.identity,
        status: "ready",
        ms: performance.now() - begun,
        capabilities: one.capabilities,
      });
    } catch (error) {
      const failure = asQmtlError(error, candidate);
      if (options.onFailure !== "report") {
        closer.abort();
        const unfinished = await disposeAll(ready, boot.deadlines.dispose);
        throw unfinished.length === 0 ? failure : withDetails(failure, unfinished);
      }
      entries.push({ ...candidate.shown, status: "failed", ms: performance.now() - begun, error: failure.toJSON() });
    }
  }
  return pluginHost({
    ready,
    report: { plugins: entries, ms: performance.now() - started },
    metrics: boot.metrics,
    disposeDeadline: boot.deadlines.dispose,
    beginClose: () => {
      options.signal?.removeEventListener("abort", close);
      closer.abort();
    },
  });
}

interface Boot {
  readonly options: BootOptions;
  readonly closer: AbortController;
  readonly metrics: Metrics;
  readonly deadlines: Deadlines;
}

interface Candidate {
  /** `plugins[2]` */
  readonly path: string;
  readonly config: unknown;
  readonly plugin?: Plugin;
  /** What can be said of a plugin before it is known to be sound. */
  readonly shown: { readonly kind: string; readonly name: string; readonly use: string; readonly version: string };
  error?: QmtlError;
}

function checkUses(uses: readonly PluginUse[]): readonly Candidate[] {
  const candidates = uses.map((entry, i) => candidateOf(entry, `plugins[${i}]`));
  const names = new Map<string, Candidate>();
  const words = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { plugin } = candidate;
    if (plugin === undefined) continue;
    const sameName = names.get(plugin.name);
    const word = `${plugin.kind} ${plugin.use}`;
    const sameWord = words.get(word);
    if (sameName !== undefined) candidate.error = duplicate("name", plugin.name, sameName, candidate);
    else if (sameWord !== undefined) candidate.error = duplicate("use", word, sameWord, candidate);
    else {
      names.set(plugin.name, candidate);
      words.set(word, candidate);
    }
  }
  return candidates;
}

function candidateOf(entry: unknown, path: string): Candidate {
  const given: unknown = isRecord(entry) ? entry["plugin"] : undefined;
  const shown = shownOf(given);
  try {
    if (!isRecord(entry) || given === undefined)
      throw new QmtlError({
        code: "plugin.invalid-descriptor",
        message: `${path} is not a plugin with its configuration`,
        place: { path },
        next: "Write use(thePlugin) or use(thePlugin, { … }).",
      });
    return { path, config: entry["config"], plugin: checkDescriptor(given, path), shown };
  } catch (error) {
    if (!isQmtlError(error)) throw error;
    return { path, config: undefined, shown, error };
  }
}

function shownOf(plugin: unknown): Candidate["shown"] {
  const text = (key: string): string => {
    const value: unknown = isRecord(plugin) ? plugin[key] : undefined;
    return typeof value === "string" ? value : "?";
  };
  return { kind: text("kind"), name: text("name"), use: text("use"), version: text("version") };
}

function duplicate(what: "name" | "use", word: string, first: Candidate, second: Candidate): QmtlError {
  const who = ({ path, shown }: Candidate): string => `${shown.name} ${shown.version} at ${path}`;
  return new QmtlError({
    code: `plugin.duplicate-${what}`,
    message: `Two plugins have the ${what} "${word}": ${who(first)} and ${who(second)}`,
    place: { plugin: second.shown.name, path: second.path },
    next: "Remove one of them from the project's configuration.",
  });
}

interface Started {
  readonly ready: ReadyPlugin;
  readonly capabilities: Capabilities;
}

async function start(candidate: Candidate, boot: Boot): Promise<Started> {
  const plugin = candidate.plugin as Plugin;
  const identity = identityOf(plugin);
  const scope: GuardScope = {
    plugin: identity,
    metrics: boot.metrics,
    closed: boot.closer.signal,
    deadlines: boot.deadlines,
    watch: boot.options.watch,
    place: {},
  };
  const configuration = await callPlugin(
    siteOf(scope, "config"),
    () => plugin.config["~standard"].validate(candidate.config),
    { deadline: boot.deadlines.setup, validate: checkSchemaResult },
  );
  if (configuration.issues !== undefined) throw configError(plugin, candidate.path, configuration.issues);

  const { root, clock, log, secrets } = boot.options;
  const context = contextFor(plugin, { root, clock, log, secrets, closed: boot.closer.signal });
  const site = siteOf(scope, "setup");
  const setUp = (): unknown => plugin.setup(context, configuration.value);
  const instance =
    plugin.kind === "evaluator" || plugin.kind === "allocator"
      ? callPurePlugin(site, setUp, (answer, fault) => checkInstance(plugin.kind, answer, fault))
      : await callPlugin(site, setUp, {
          deadline: boot.deadlines.setup,
          validate: (answer, fault) => checkInstance(plugin.kind, answer, fault),
          late: (answer) => disposeLate(answer, scope, log),
          unanswered: "Check what the plugin waits for, or repair it.",
        });
  const ready: ReadyPlugin = { identity, instance, scope };
  try {
    return { ready, capabilities: capabilitiesOf(ready) };
  } catch (error) {
    const unfinished = await disposeAll([ready], boot.deadlines.dispose);
    throw unfinished.length === 0 ? error : withDetails(asQmtlError(error, candidate), unfinished);
  }
}

/** A setup that ends after its deadline may hold files or connections: they are let go. */
function disposeLate(answer: unknown, scope: GuardScope, log: Logger): void {
  if (!isRecord(answer) || typeof answer["dispose"] !== "function") return;
  const instance = answer as unknown as ReadyPlugin["instance"];
  disposeAll([{ identity: scope.plugin, instance, scope }], scope.deadlines.dispose).then((failures) => {
    for (const failure of failures) log.warn(failure.message, { code: failure.code });
  });
}

function asQmtlError(error: unknown, { shown, path }: Candidate): QmtlError {
  if (isQmtlError(error)) return error;
  return new QmtlError({
    code: "plugin.boot-failed",
    message: `The plugin ${shown.name} at ${path} could not be started`,
    place: { plugin: shown.name, path },
    class: "failed",
    cause: error,
  });
}

function oneError(broken: readonly Candidate[]): QmtlError {
  const errors = broken.map(({ error }) => error).filter((error) => error !== undefined);
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) return first;
  return new QmtlError({
    code: "plugin.boot-failed",
    message: `${errors.length} plugins can't be used: ${errors.map((error) => error.message).join("; ")}`,
    next: "Correct the list of plugins in the project's configuration.",
    details: errors.map((error) => error.toJSON()),
  });
}

function withDetails(error: QmtlError, more: readonly QmtlError[]): QmtlError {
  const details: readonly QmtlErrorJson[] = [...error.details, ...more.map((one) => one.toJSON())];
  return new QmtlError({ ...error.toJSON(), details, cause: error });
}

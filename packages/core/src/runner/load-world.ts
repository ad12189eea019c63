import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { type Capital, worldCapital } from "../allocation/capital.ts";
import { describeMetrics, type NamedEvaluator } from "../evaluation/evaluate.ts";
import { GUARD_METRICS } from "../guards/report.ts";
import { createMetrics, type Metrics } from "../observability/index.ts";
import type { MetricDescription } from "../plugin/contract/evaluator.ts";
import type { Logger, PluginUse } from "../plugin/contract/plugin.ts";
import { use } from "../plugin/contract/plugin.ts";
import type { ProjectConfig } from "../plugin/contract/project-config.ts";
import type { ObjectStorage, StateStorage } from "../plugin/contract/storage.ts";
import { bootPlugins, type CallWatch, DEADLINES, type Deadlines, type PluginHost } from "../plugin/host/index.ts";
import { type CompiledPolicy, compilePolicy, expressionFaults } from "../policy/compile-policy.ts";
import { QmtlError } from "../schema/error.ts";
import type { LoadedEvaluator, WorldConfig } from "../world/config.ts";
import { parseWorld } from "../world/parse-world.ts";

export interface ProjectOptions {
  readonly config: ProjectConfig;
  /** The folder of `qmtl.config.ts`. */
  readonly root: string;
  /** Ms UTC. */
  readonly clock: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly secrets?: (name: string) => string | undefined;
  /** Told of every call into a plugin while it is under way. */
  readonly watch?: CallWatch;
}

/** A world's file with the plugins that it names, up and configured as it says. */
export interface LoadedWorld {
  readonly file: string;
  readonly config: WorldConfig;
  readonly compiled: CompiledPolicy;
  readonly evaluators: readonly LoadedEvaluator[];
  readonly metricDescriptions: readonly MetricDescription[];
  readonly host: PluginHost;
  /** The plugins with this world's configuration: what an isolate has to boot too. */
  readonly uses: readonly PluginUse[];
  readonly state: StateStorage;
  readonly objects: ObjectStorage;
  readonly metrics: Metrics;
  /** What the world has to share out. */
  readonly capital: Capital;
}

const EXTENSION = ".yml";

/** Ids of the world files of a project, sorted. A folder that is not there has none. */
export function listWorldFiles(root: string, config: ProjectConfig): readonly string[] {
  try {
    return readdirSync(worldsFolder(root, config))
      .filter((name) => name.endsWith(EXTENSION))
      .map((name) => basename(name, EXTENSION))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export function worldsFolder(root: string, config: ProjectConfig): string {
  return join(root, config.worlds ?? "worlds");
}

/**
 * Reads and checks a world file, boots the project's plugins with what the world configures, and compiles the policy against the
 * metrics that they give.
 *
 * @throws `world.unknown`, `world.invalid` (every mistake with its line), `world.wrong-id`, `plugin.*`, `runner.no-storage`
 */
export async function loadWorld(world: string, options: ProjectOptions): Promise<LoadedWorld> {
  const { config: project, root, clock, log, signal, secrets, watch } = options;
  const { file, text } = readWorldFile(world, root, project);
  const { config, checkExpressions } = parseWorld({ file, text });
  if (config.id !== world)
    throw new QmtlError({
      code: "world.wrong-id",
      message: `${file} says id: ${config.id}, and its name says ${world}`,
      place: { file, path: "id" },
      next: "Give the file and the world the same name.",
    });
  const capital = worldCapital(config, project.equity);
  const uses = configured(project.plugins, config);
  const metrics = createMetrics();
  const deadlines = deadlinesOf(project.limits);
  const host = await bootPlugins({
    uses,
    root,
    clock,
    log,
    signal,
    metrics,
    deadlines,
    ...(secrets !== undefined && { secrets }),
    ...(watch !== undefined && { watch }),
  });
  try {
    const named = config.evaluators.map(
      ({ use: word }): NamedEvaluator => ({ plugin: word, evaluator: host.get("evaluator", word, { world }) }),
    );
    const descriptions = [...describeMetrics(named), ...guardMetrics(named)];
    checkExpressions(({ kind, text: expression }) => expressionFaults({ kind, text: expression }, descriptions));
    const storage = host.get("storage", storageWord(project, host));
    const { state, objects } = storage;
    if (state === undefined || objects === undefined)
      throw new QmtlError({
        code: "runner.no-storage",
        message: `The storage "${storageWord(project, host)}" serves ${state === undefined ? "no state" : "no objects"}`,
        next: "Configure a storage plugin that serves state and objects.",
      });
    host.get("allocator", config.allocator.use, { world });
    return {
      file,
      config,
      compiled: compilePolicy(config.policy, descriptions),
      metricDescriptions: descriptions,
      evaluators: config.evaluators.map((choice, i) => {
        const needs = named[i]?.evaluator.needs;
        const { name, version } = host.list("evaluator").find(({ use: word }) => word === choice.use) as {
          name: string;
          version: string;
        };
        return { ...choice, name, version, ...(needs !== undefined && { needs }) };
      }),
      host,
      uses,
      state,
      objects,
      metrics,
      capital,
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** What the guards measure, beside the evaluators. @throws `evaluation.duplicate-metric` for an evaluator that gives the same name */
function guardMetrics(named: readonly NamedEvaluator[]): readonly MetricDescription[] {
  for (const { plugin, evaluator } of named)
    for (const { name } of evaluator.metrics)
      if (GUARD_METRICS.some((metric) => metric.name === name))
        throw new QmtlError({
          code: "evaluation.duplicate-metric",
          message: `The evaluator ${plugin} gives the metric ${name}, which every run has from its guards`,
          place: { plugin },
          next: "Rename it in the plugin, or take the plugin out of the world.",
        });
  return GUARD_METRICS;
}

/** @throws `world.unknown` with the worlds that there are */
export function readWorldFile(
  world: string,
  root: string,
  project: ProjectConfig,
): { readonly file: string; readonly text: string } {
  const known = listWorldFiles(root, project);
  const folder = worldsFolder(root, project);
  const shown = relative(root, folder).split(sep).join("/") || ".";
  if (!known.includes(world))
    throw new QmtlError({
      code: "world.unknown",
      message: `There is no world "${world}" in ${shown}/`,
      place: { world },
      next: known.length === 0 ? `Make one: qmtl world create ${world}.` : `There is ${known.join(", ")}.`,
    });
  return { file: `${shown}/${world}${EXTENSION}`, text: readFileSync(join(folder, `${world}${EXTENSION}`), "utf8") };
}

/** The word of the storage plugin: the one that the project names, or its only one. */
export function storageWord(project: ProjectConfig, host: PluginHost): string {
  if (project.storage !== undefined) return project.storage;
  const words = host.list("storage").map(({ use: word }) => word);
  const [only] = words;
  if (only !== undefined && words.length === 1) return only;
  throw new QmtlError({
    code: "runner.no-storage",
    message:
      only === undefined ? "The project has no storage plugin" : `The project has the storages ${words.join(" and ")}`,
    next:
      only === undefined
        ? "Add one to plugins in qmtl.config.ts, for example use(storageSqlite)."
        : 'Name one: storage: "…" in qmtl.config.ts.',
  });
}

/** A project that gives its strategies less time than plugins have gives plugins no more either. */
function deadlinesOf(limits: ProjectConfig["limits"]): Pick<Deadlines, "setup" | "call" | "batch"> {
  const most = (limits?.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  return {
    setup: Math.min(DEADLINES.setup, most),
    call: Math.min(DEADLINES.call, most),
    batch: Math.min(DEADLINES.batch, most),
  };
}

/** A world may configure the evaluators and the allocator that it names; the rest is as the project says. */
function configured(plugins: readonly PluginUse[], { evaluators, allocator }: WorldConfig): readonly PluginUse[] {
  const choices = new Map<string, WorldConfig["allocator"]["config"]>([
    ...evaluators.map((choice) => [`evaluator:${choice.use}`, choice.config] as const),
    [`allocator:${allocator.use}`, allocator.config] as const,
  ]);
  return plugins.map((one) => {
    const config = choices.get(`${one.plugin.kind}:${one.plugin.use}`);
    return config === undefined || Object.keys(config).length === 0 ? one : use(one.plugin as never, config as never);
  });
}

import { resolve } from "node:path";
import {
  type EvaluationTask,
  type InspectedStrategy,
  type LoadedWorld,
  loadWorld,
  type PluginExecutor,
  providerOf,
  QMTL_VERSION,
  type RunGuardReport,
  type RunOutcome,
  type StrategyExecutor,
  type SubmitResult,
  submit,
  tradeTable,
} from "@qmtl/core";
import type { Logger } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";
import type { Isolate } from "./isolate/isolate.ts";
import type { PluginRoom } from "./isolate/plugins-worker.ts";
import { takeIsolate } from "./isolate/spare.ts";
import type { InspectRequest } from "./isolate/strategy-worker.ts";
import { openProject, type Project } from "./project/project.ts";
import { projectFile, projectRoot } from "./project/root.ts";
import { digestFiles, writeRunManifest } from "./project/run-manifest.ts";
import { type Reading, readStrategy } from "./read/reader.ts";
import { watch } from "./watchdog/watchdog.ts";

export interface SubmitFileOptions {
  readonly world: string;
  readonly dataPreset?: string;
  readonly asOf?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** What the author would like: recorded, never obeyed. */
  readonly requested?: string;
  /** Ms to wait for runners that an apply needs. */
  readonly wait?: number;
  /** Where the project is looked for. Default: the working directory. */
  readonly cwd?: string;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly phase?: (what: string) => void;
  readonly timings?: Readonly<Record<string, number>>;
}

export const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {} };

/**
 * Submits a strategy file to a world of its project: bundles it with its identity, runs it isolated, and hands everything to the core.
 *
 * @throws errors of class `usage`: no project, unknown world, preset, symbol or param, a file that is not there
 */
export async function submitFile(path: string, options: SubmitFileOptions): Promise<SubmitResult> {
  const { cwd = process.cwd(), log = SILENT, signal = new AbortController().signal, phase = () => {} } = options;
  phase("Opening the project");
  const root = projectRoot(cwd);
  const file = projectFile(root, resolve(cwd, path));
  // First what takes others to do: a process comes up, and the strategy is read, while this thread loads what it needs.
  const reading = readStrategy(root, file, submissionOf(options));
  const isolate = takeIsolate();
  const cancel = (): void => isolate.close(cancelled());
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const project = await openProject(root, { configModule: reading.configModule });
    isolate.limit(project.limits);
    const clock = Date.now;
    const secrets = (name: string): string | undefined => process.env[name];
    const { config } = project;
    const loaded = await loadWorld(options.world, { config, root, clock, log, signal, secrets, watch }).catch(
      (reason: unknown) => worldRefusal(reading, reason),
    );
    try {
      isolate.namePlugins(config.plugins.map(({ plugin }) => plugin.name));
      isolate.open("plugins", pluginRoom(project, loaded, clock()));
      const strategy = submittedStrategy(root, isolate, reading);
      const result = await submit(
        {
          executor: strategy.executor,
          bundle: async () => Buffer.from(JSON.stringify(await reading.bundle)),
          label: file,
          command: commandOf(file, options),
          ...(options.params !== undefined && { params: options.params }),
          ...(options.dataPreset !== undefined && { dataPreset: options.dataPreset }),
          ...(options.asOf !== undefined && { asOf: options.asOf }),
          ...(options.requested !== undefined && { requested: options.requested }),
          ...(options.wait !== undefined && { wait: options.wait }),
        },
        {
          ...loaded,
          plugins: isolatedPlugins(isolate),
          provider: providerOf(loaded.host, options.world),
          clock,
          signal,
          qmtl: QMTL_VERSION,
          phase,
          ...(options.timings !== undefined && { timings: options.timings }),
        },
      );
      const { files, inspected, unread } = strategy.seen;
      if (unread !== undefined) throw unread;
      if (files !== undefined && inspected !== undefined && result.status !== "failed")
        await writeRunManifest(root, file, {
          format: 1,
          world: options.world,
          params: inspected.params,
          files: await files,
          cached: result.computed.cached,
          nodes: inspected.nodes.map(({ kind, id }) => ({ kind, id })),
        });
      return result;
    } finally {
      await loaded.host.close();
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    isolate.close();
  }
}

/** What the check of a submission has to know of it. */
export function submissionOf({
  world,
  params = {},
}: Pick<SubmitFileOptions, "world" | "params">): Parameters<typeof readStrategy>[2] {
  const given = Object.entries(params).filter(
    (entry): entry is [string, number | string] => typeof entry[1] === "number" || typeof entry[1] === "string",
  );
  return { world, params: Object.fromEntries(given) };
}

/** A world that is wrong is told in the words of the check, as in the editor. @throws that, or why the world could not be loaded */
async function worldRefusal(reading: Reading, reason: unknown): Promise<never> {
  const refusal = await reading.refusal.catch(() => undefined);
  throw refusal?.class === "usage" ? refusal : reason;
}

export function cancelled(): QmtlError {
  return new QmtlError({
    code: "submit.cancelled",
    message: "The submission was cancelled",
    next: "Nothing was recorded; submit again when you want to.",
    class: "usage",
  });
}

/** What became known of a strategy on its way. */
interface Seen {
  /** Digests of its files, as they were read. */
  files?: ReturnType<typeof digestFiles>;
  inspected?: InspectedStrategy;
  /** Why nobody can say what it is: the caller's mistake or our own. */
  unread?: QmtlError;
}

interface SubmittedStrategy {
  readonly executor: StrategyExecutor;
  readonly seen: Readonly<Seen>;
}

/** A strategy that is still being read: what is not fit to run is refused when it is inspected, and nothing of it runs before. */
function submittedStrategy(root: string, isolate: Isolate, reading: Reading): SubmittedStrategy {
  const seen: Seen = {};
  return {
    seen,
    executor: {
      inspect: async (params) => {
        const [bundle, refusal] = await Promise.all([reading.bundle, reading.refusal]).catch((reason: QmtlError) => {
          throw refused(reason, seen);
        });
        // A wrong world is the caller's to mend, whatever the strategy.
        if (refusal?.class === "usage") seen.unread = refusal;
        if (refusal !== undefined) throw seen.unread ?? refused(refusal, seen);
        seen.files = digestFiles(root, bundle.files);
        const request: InspectRequest = { bundle, params };
        const inspected = await isolate.call<InspectedStrategy>("strategy", "inspect", request);
        seen.inspected = inspected;
        isolate.nameNodes(new Map(inspected.nodes.map(({ index, label }) => [index, label])));
        return inspected;
      },
      run: (job) => isolate.call<RunOutcome>("strategy", "run", job),
      guard: (cuts) => isolate.call<RunGuardReport>("strategy", "guard", cuts),
    },
  };
}

/** A file that is there and can't become a strategy is a finding about the strategy; one that is not there is the caller's mistake. */
function refused(reason: QmtlError, seen: Seen): QmtlError {
  if (reason.class !== "failed" && reason.code !== "strategy.not-found")
    return new QmtlError({ ...reason.toJSON(), class: "rejected", cause: reason });
  seen.unread = reason;
  return reason;
}

export function isolatedPlugins(isolate: Isolate): PluginExecutor {
  return {
    evaluate: (uses, inputs) => isolate.call("plugins", "evaluate", { uses, tasks: inputs.map(packed) }),
    allocate: (use, input, options) => isolate.call("plugins", "allocate", { use, input, options }),
  };
}

/** A task on its way: as objects, each of thousands of trades would carry the names of its fields. */
function packed(task: EvaluationTask): EvaluationTask {
  return { ...task, trades: tradeTable(task.trades) };
}

export function pluginRoom({ configModule, root }: Project, { config, uses }: LoadedWorld, now: number): PluginRoom {
  return {
    configModule,
    root,
    world: config.id,
    now,
    configs: Object.fromEntries(uses.map(({ plugin, config: given }) => [`${plugin.kind}:${plugin.use}`, given])),
  };
}

/** What a person types to get the same again, from the project's folder. */
function commandOf(file: string, { world, dataPreset, asOf, params = {} }: SubmitFileOptions): string {
  const words = ["qmtl", "submit", file, "--world", world];
  if (dataPreset !== undefined) words.push("--data-preset", dataPreset);
  if (asOf !== undefined) words.push("--as-of", asOf);
  for (const [name, value] of Object.entries(params)) words.push("--param", `${name}=${String(value)}`);
  return words.map((word) => (/^[\w./:=@-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import {
  type InspectedStrategy,
  loadWorld,
  providerOf,
  QMTL_VERSION,
  type SweepAxis,
  type SweepExecutor,
  type SweepOutcome,
  type SweepParams,
  type SweepResult,
  type SweepVariant,
  sweep,
} from "@qmtl/core";
import type { Isolate } from "../isolate/isolate.ts";
import { takeIsolate } from "../isolate/spare.ts";
import type { InspectRequest } from "../isolate/strategy-worker.ts";
import type { StrategyBundle } from "../load/strategy-bundle.ts";
import { openProject } from "../project/project.ts";
import { projectFile, projectRoot } from "../project/root.ts";
import { readStrategy } from "../read/reader.ts";
import { isolatedPlugins, pluginRoom, SILENT, type SubmitFileOptions, submissionOf } from "../submit-file.ts";
import { watch } from "../watchdog/watchdog.ts";

export interface SweepFileOptions
  extends Pick<SubmitFileOptions, "world" | "dataPreset" | "asOf" | "cwd" | "log" | "signal" | "phase" | "timings"> {
  readonly axes: readonly SweepAxis[];
  /** Params that stay. */
  readonly params?: SweepParams;
  readonly sort?: string;
  readonly top?: number;
  /** Processes that replay. Default: one per processor. */
  readonly workers?: number;
  readonly confirmed?: boolean;
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Sweeps a strategy file over a grid of its params: each worker is an isolate of its own. Aborting the signal ends it between batches;
 * what was recorded by then is kept, and the next call goes on from there.
 *
 * @throws errors of class `usage`; `sweep.too-many` without `confirmed`
 */
export async function sweepFile(path: string, options: SweepFileOptions): Promise<SweepResult> {
  const { cwd = process.cwd(), log = SILENT, signal = new AbortController().signal, phase = () => {} } = options;
  phase("Opening the project");
  const root = projectRoot(cwd);
  const file = projectFile(root, resolve(cwd, path));
  const combinations = options.axes.reduce((count, { values }) => count * values.length, 1);
  const workers = Math.max(1, Math.min(options.workers ?? availableParallelism(), combinations));
  // First what takes others to do, as for a submission.
  const reading = readStrategy(
    root,
    file,
    submissionOf({ world: options.world, params: { ...options.params, ...firstOf(options.axes) } }),
  );
  const isolates = Array.from({ length: workers }, takeIsolate);
  try {
    const project = await openProject(root, { configModule: reading.configModule });
    for (const isolate of isolates) isolate.limit(project.limits);
    const clock = Date.now;
    const secrets = (name: string): string | undefined => process.env[name];
    // Storage and data go on when the sweep is cancelled: what was tried is recorded.
    const going = new AbortController().signal;
    const { config } = project;
    const bundle = await reading.bundle;
    const refusal = await reading.refusal;
    if (refusal !== undefined) throw refusal;
    const loaded = await loadWorld(options.world, { config, root, clock, log, signal: going, secrets, watch });
    try {
      const [first] = isolates as [Isolate, ...Isolate[]];
      first.namePlugins(project.config.plugins.map(({ plugin }) => plugin.name));
      first.open("plugins", pluginRoom(project, loaded, clock()));
      return await sweep(
        {
          executors: isolates.map((isolate) => isolatedVariants(isolate, bundle)),
          axes: options.axes,
          cancel: signal,
          command: commandOf(file, options),
          ...(options.params !== undefined && { params: options.params }),
          ...(options.dataPreset !== undefined && { dataPreset: options.dataPreset }),
          ...(options.asOf !== undefined && { asOf: options.asOf }),
          ...(options.sort !== undefined && { sort: options.sort }),
          ...(options.top !== undefined && { top: options.top }),
          ...(options.confirmed !== undefined && { confirmed: options.confirmed }),
          ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
        },
        {
          ...loaded,
          plugins: isolatedPlugins(first),
          provider: providerOf(loaded.host, options.world),
          clock,
          signal: going,
          qmtl: QMTL_VERSION,
          phase,
          ...(options.timings !== undefined && { timings: options.timings }),
        },
      );
    } finally {
      await loaded.host.close();
    }
  } finally {
    for (const isolate of isolates) isolate.close();
  }
}

/** One combination of the grid: what streams a strategy reads is judged by it. */
function firstOf(axes: readonly SweepAxis[]): SweepParams {
  return Object.fromEntries(axes.flatMap(({ name, values: [first] }) => (first === undefined ? [] : [[name, first]])));
}

function isolatedVariants(isolate: Isolate, bundle: StrategyBundle): SweepExecutor {
  return {
    inspect: async (params) => {
      const request: InspectRequest = { bundle, params };
      const inspected = await isolate.call<InspectedStrategy>("strategy", "inspect", request);
      isolate.nameNodes(new Map(inspected.nodes.map(({ index, label }) => [index, label])));
      return inspected;
    },
    inspectAll: (all) => isolate.call<readonly SweepVariant[]>("strategy", "inspectAll", all),
    load: (job) => isolate.call<void>("strategy", "load", job),
    runAll: (all) => isolate.call<readonly SweepOutcome[]>("strategy", "runAll", all),
  };
}

/** What a person types to get the same again, or to go on. */
function commandOf(file: string, { world, axes, params = {}, dataPreset, asOf, sort }: SweepFileOptions): string {
  const words = ["qmtl", "sweep", file, "--world", world];
  for (const { name, values } of axes) words.push("--grid", `${name}=${values.join(",")}`);
  for (const [name, value] of Object.entries(params)) words.push("--param", `${name}=${String(value)}`);
  if (dataPreset !== undefined) words.push("--data-preset", dataPreset);
  if (asOf !== undefined) words.push("--as-of", asOf);
  if (sort !== undefined) words.push("--sort", sort);
  return words.map((word) => (/^[\w./:=@,-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

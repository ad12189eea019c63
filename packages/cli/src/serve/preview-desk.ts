import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import {
  createPreviewer,
  type InspectedStrategy,
  type LoadedWorld,
  loadWorld,
  type NodeFigures,
  type PreviewExecutor,
  type Previewer,
  type PreviewResult,
  providerOf,
  QMTL_VERSION,
  type RunOutcome,
  readWorldFile,
} from "@qmtl/core";
import { createIsolate, type Isolate } from "../isolate/isolate.ts";
import type { InspectRequest, StrategyRoom } from "../isolate/strategy-worker.ts";
import { diskCache, loadStrategyBundle, type StrategyBundle } from "../load/index.ts";
import type { TransformCache } from "../load/transform-cache.ts";
import { openProject, type Project } from "../project/project.ts";
import { cacheFolder, projectFile } from "../project/root.ts";
import { thin } from "../report/chart/thin.ts";
import { cancelled, isolatedPlugins, pluginRoom, SILENT } from "../submit-file.ts";
import { errorJson } from "../terminal/error.ts";
import { watch } from "../watchdog/watchdog.ts";
import type { PreviewParams } from "./protocol.ts";

/** Keeps a warm world and a warm worker for the strategies that are being written. One preview at a time: the newest counts. */
export interface PreviewDesk {
  /** @throws as a submission; `submit.cancelled` when the signal ends it */
  preview(params: PreviewParams, signal: AbortSignal): Promise<PreviewResult>;
  /** Writes the trials that are not written yet, and ends everything. */
  close(): Promise<void>;
}

/** After so much silence the trials are written; many of them as soon as the last one is answered. */
const WRITE_MS = 2_000;
/** After so much the world and its worker are let go. */
const IDLE_MS = 60_000;

interface Warm {
  /** Of the world's file and the configuration: another text is another world. */
  readonly key: string;
  readonly project: Project;
  readonly loaded: LoadedWorld;
  readonly isolate: Isolate;
  readonly previewer: Previewer;
  readonly executor: PreviewExecutor;
  readonly bundles: { current: StrategyBundle | undefined };
}

export function createPreviewDesk(root: string): PreviewDesk {
  const cache = diskCache(cacheFolder(root));
  let warm: Warm | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let writing: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;

  const letGo = async (): Promise<void> => {
    const gone = warm;
    warm = undefined;
    if (gone === undefined) return;
    try {
      await gone.previewer.flush();
    } finally {
      gone.isolate.close();
      await gone.loaded.host.close();
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };
  const rest = (): void => {
    const write = () => void inTurn(async () => warm?.previewer.flush()).catch(complain);
    writing = setTimeout(write, warm?.previewer.isDue() === true ? 0 : WRITE_MS);
    idle = setTimeout(() => void inTurn(letGo).catch(complain), IDLE_MS);
  };
  const stir = (): void => {
    clearTimeout(writing);
    clearTimeout(idle);
  };

  return {
    preview: (params, signal) =>
      inTurn(async () => {
        if (signal.aborted) throw cancelled();
        stir();
        const cancel = (): void => warm?.isolate.close(cancelled());
        signal.addEventListener("abort", cancel, { once: true });
        try {
          // Beside the configuration, which is bundled anew as well: either can have changed.
          const bundling = bundleOf(root, params, cache);
          bundling.catch(() => {});
          const project = await openProject(root);
          const key = `${project.configModule}\n${params.world}\n${readWorldFile(params.world, root, project.config).text}`;
          if (warm?.key !== key) {
            await letGo();
            warm = await warmUp(project, params.world, key);
          }
          if (signal.aborted) throw cancelled();
          warm.bundles.current = await bundling;
          const result = await warm.previewer.preview({
            executor: warm.executor,
            nodes: params.nodes === true,
            ...(params.params !== undefined && { params: params.params }),
            ...(params.dataPreset !== undefined && { dataPreset: params.dataPreset }),
          });
          return params.points === undefined ? result : thinned(result, params.points);
        } catch (error) {
          // A worker that was ended, or that ended itself, is of no more use; what was tried is written all the same.
          if (signal.aborted || isGone(error)) await letGo();
          throw error;
        } finally {
          signal.removeEventListener("abort", cancel);
          rest();
        }
      }),
    close: () => {
      stir();
      return inTurn(async () => {
        stir();
        await letGo();
      });
    },
  };
}

/** As many points as a small picture needs, no peak lost: the first and last of each column, its least and greatest. */
function thinned(result: PreviewResult, points: number): PreviewResult {
  const { times, equity } = result;
  const places = thin(
    equity.map((_, at) => at),
    [equity],
    Math.max(1, Math.floor(points / 4)),
  );
  return {
    ...result,
    equity: places.map((at) => equity[at] as number),
    // The first point is where the first decision fell: it has no period before it.
    times: places.flatMap((at) => (at === 0 ? [] : [times[at - 1] as string])),
  };
}

/** Nobody waits for what is written in the quiet: it is told where a server tells what went wrong. */
function complain(error: unknown): void {
  process.stderr.write(`trials of previews could not be written: ${errorJson(error).message}\n`);
}

function isGone(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code).startsWith("isolation.");
}

async function warmUp(project: Project, world: string, key: string): Promise<Warm> {
  const { root, config, limits } = project;
  const isolate = createIsolate(limits);
  try {
    isolate.open("strategy", { runId: randomUUID() } satisfies StrategyRoom);
    const clock = Date.now;
    const secrets = (name: string): string | undefined => process.env[name];
    const { signal } = new AbortController();
    const loaded = await loadWorld(world, { config, root, clock, log: SILENT, signal, secrets, watch });
    isolate.namePlugins(config.plugins.map(({ plugin }) => plugin.name));
    isolate.open("plugins", pluginRoom(project, loaded, clock()));
    const bundles: Warm["bundles"] = { current: undefined };
    const previewer = createPreviewer({
      ...loaded,
      plugins: isolatedPlugins(isolate),
      provider: providerOf(loaded.host, world),
      clock,
      signal,
      qmtl: QMTL_VERSION,
    });
    return { key, project, loaded, isolate, previewer, bundles, executor: isolatedPreview(isolate, bundles) };
  } catch (error) {
    isolate.close();
    throw error;
  }
}

function isolatedPreview(isolate: Isolate, bundles: Warm["bundles"]): PreviewExecutor {
  return {
    inspect: async (params) => {
      const request: InspectRequest = { bundle: bundles.current!, params };
      const inspected = await isolate.call<InspectedStrategy>("strategy", "inspect", request);
      isolate.nameNodes(new Map(inspected.nodes.map(({ index, label }) => [index, label])));
      return inspected;
    },
    load: (job) => isolate.call<void>("strategy", "loadBench", job),
    run: () =>
      isolate.call<{ outcome: RunOutcome; computed: number; known: number }>("strategy", "runBench", undefined),
    figures: () => isolate.call<readonly NodeFigures[]>("strategy", "benchFigures", undefined),
  };
}

function bundleOf(root: string, { file, unsaved = {} }: PreviewParams, cache: TransformCache): Promise<StrategyBundle> {
  const overlay = new Map(Object.entries(unsaved).map(([path, text]) => [resolve(root, path), text]));
  return loadStrategyBundle(projectFile(root, resolve(root, file)), { workspaceRoot: root, cache, overlay });
}

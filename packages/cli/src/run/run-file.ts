import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  type AccountProgress,
  type AccountRebalance,
  type InspectedStrategy,
  loadWorld,
  providerOf,
  type RunEvent,
  type RunExecutor,
  type RunRequest,
  runStrategy,
  thisHost,
} from "@qmtl/core";
import type { Logger } from "@qmtl/core/plugin";
import { createIsolate } from "../isolate/isolate.ts";
import type { InspectRequest, StrategyRoom } from "../isolate/strategy-worker.ts";
import { diskCache, loadStrategyBundle, type StrategyBundle } from "../load/index.ts";
import { countRunEvents } from "../metrics/count-run-events.ts";
import { openProject, type Project } from "../project/project.ts";
import { cacheFolder, projectFile, projectRoot } from "../project/root.ts";
import { SILENT } from "../submit-file.ts";
import { watch } from "../watchdog/watchdog.ts";
import { tickLoaded } from "./tick-loaded.ts";

export interface RunFileOptions extends Omit<RunRequest, "bundle"> {
  readonly world: string;
  /** Where the project is looked for. Default: the working directory. */
  readonly cwd?: string;
  readonly log?: Logger;
  /** Aborted to drain: see `RunContext.stop`. */
  readonly stop: AbortSignal;
  readonly tell: (event: RunEvent) => void;
}

/**
 * Runs a strategy file in a world of its project, in this process, until its feed ends or it is told to stop. The author's code runs
 * isolated, bars cross to it as they come in.
 *
 * @throws errors of class `usage`; `run.*`, `isolation.*`, and what the author's code throws
 */
export async function runFile(path: string, options: RunFileOptions): Promise<void> {
  const { world, cwd = process.cwd(), log = SILENT, stop, tell, ...request } = options;
  const root = projectRoot(cwd);
  const file = projectFile(root, resolve(cwd, path));
  const bundle = await loadStrategyBundle(file, { workspaceRoot: root, cache: diskCache(cacheFolder(root)) });
  const project = await openProject(root);
  const ending = new AbortController();
  const clock = Date.now;
  const secrets = (name: string): string | undefined => process.env[name];
  const loaded = await loadWorld(world, {
    config: project.config,
    root,
    clock,
    log,
    signal: ending.signal,
    secrets,
    watch,
  });
  const count = countRunEvents(loaded.metrics, clock);
  try {
    await runStrategy(
      { ...request, bundle: Buffer.from(JSON.stringify(bundle)) },
      {
        ...loaded,
        provider: providerOf(loaded.host, world),
        executor: async (bytes) => isolatedRun(project, JSON.parse(Buffer.from(bytes).toString("utf8"))),
        clock,
        signal: ending.signal,
        stop,
        host: thisHost(),
        tell: (event) => {
          count(event);
          tell(event);
        },
        // Whoever runs in the world helps an apply on, this runner too: nobody waits for it here.
        tick: () => tickLoaded(loaded, project, { signal: ending.signal, patience: 0 }),
        wait: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
        elapsed: () => performance.now(),
      },
    );
  } finally {
    ending.abort();
    await loaded.host.close();
  }
}

/** One isolate per bundle, for as long as the runner lives. */
function isolatedRun({ limits }: Project, bundle: StrategyBundle): RunExecutor {
  const isolate = createIsolate(limits);
  isolate.open("strategy", { runId: randomUUID() } satisfies StrategyRoom);
  return {
    inspect: async (params) => {
      const request: InspectRequest = { bundle, params };
      const inspected = await isolate.call<InspectedStrategy>("strategy", "inspect", request);
      isolate.nameNodes(new Map(inspected.nodes.map(({ index, label }) => [index, label])));
      return inspected;
    },
    open: (job) => isolate.call<void>("strategy", "openAccount", job),
    trade: (step) => isolate.call<AccountProgress>("strategy", "trade", step),
    cancel: () => isolate.call<AccountProgress>("strategy", "cancel", undefined),
    rebalance: (legs) => isolate.call<AccountRebalance>("strategy", "rebalance", legs),
    close: () => isolate.close(),
  };
}

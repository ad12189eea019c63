import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import {
  type BuiltTable,
  buildDatasetOf,
  type DatasetTable,
  type InspectedDataset,
  loadWorld,
  providerOf,
  QMTL_VERSION,
} from "@qmtl/core";
import { createIsolate } from "../isolate/isolate.ts";
import type { InspectRequest, StrategyRoom } from "../isolate/strategy-worker.ts";
import { diskCache, loadStrategyBundle } from "../load/index.ts";
import { openProject } from "../project/project.ts";
import { cacheFolder, projectFile, projectRoot } from "../project/root.ts";
import { SILENT } from "../submit-file.ts";
import { watch } from "../watchdog/watchdog.ts";

export interface DatasetFileOptions {
  readonly world: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly dataPreset?: string;
  readonly asOf?: string;
  /** Where the project is looked for. Default: the working directory. */
  readonly cwd?: string;
  readonly phase?: (what: string) => void;
}

/**
 * Builds the dataset of a strategy file from a world's data, isolated as a submission is.
 *
 * @throws errors of class `usage` as `submitFile`, `runner.no-dataset` for a strategy that decides, and what its code throws
 */
export async function datasetFile(path: string, options: DatasetFileOptions): Promise<BuiltTable> {
  const { world, cwd = process.cwd(), phase = () => {}, ...asked } = options;
  const signal = new AbortController().signal;
  phase("Opening the project");
  const root = projectRoot(cwd);
  const file = projectFile(root, resolve(cwd, path));
  const isolate = createIsolate();
  try {
    const bundling = Promise.allSettled([
      loadStrategyBundle(file, { workspaceRoot: root, cache: diskCache(cacheFolder(root)) }),
    ]);
    const { config, limits } = await openProject(root, { before: bundling });
    isolate.limit(limits);
    isolate.open("strategy", { runId: randomUUID() } satisfies StrategyRoom);
    const secrets = (name: string): string | undefined => process.env[name];
    const loaded = await loadWorld(world, { config, root, clock: Date.now, log: SILENT, signal, secrets, watch });
    try {
      const [bundled] = await bundling;
      if (bundled.status === "rejected") throw bundled.reason;
      const bundle = bundled.value;
      return await buildDatasetOf(
        {
          executor: {
            inspect: async (params) => {
              const request: InspectRequest = { bundle, params };
              const inspected = await isolate.call<InspectedDataset>("strategy", "inspectDataset", request);
              isolate.nameNodes(new Map(inspected.nodes.map(({ index, label }) => [index, label])));
              return inspected;
            },
            build: (panels) => isolate.call<DatasetTable>("strategy", "buildDataset", panels),
          },
          ...asked,
        },
        { ...loaded, provider: providerOf(loaded.host, world), signal, qmtl: QMTL_VERSION, phase },
      );
    } finally {
      await loaded.host.close();
    }
  } finally {
    isolate.close();
  }
}

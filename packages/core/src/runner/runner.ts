import { randomUUID } from "node:crypto";
import type { Logger } from "../plugin/contract/plugin.ts";
import type { ProjectConfig } from "../plugin/contract/project-config.ts";
import type { Strategy } from "../strategy/strategy.ts";
import { loadWorld } from "./load-world.ts";
import { localExecutor, localPlugins } from "./local-executor.ts";
import { providerOf } from "./provider-of.ts";
import type { SubmitResult } from "./result.ts";
import { type SubmitRequest, submit } from "./submit.ts";
import { QMTL_VERSION } from "./version.ts";

export interface RunnerOptions
  extends Pick<SubmitRequest, "params" | "dataPreset" | "asOf" | "returns" | "requested" | "check"> {
  /** The world's id: its file is `worlds/<id>.yml` of the project. */
  readonly world: string;
  /** What `qmtl.config.ts` exports. */
  readonly project: ProjectConfig;
  /** The project's folder. Default: the working directory. */
  readonly root?: string;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  /** Environment variables by name, for plugins that ask for secrets. Default: there are none. */
  readonly secrets?: (name: string) => string | undefined;
}

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {} };

/** Submits strategy objects of this process. */
export const Runner = {
  /**
   * The whole loop for a trusted strategy object. Nothing is known of its source: its ids are its own, the result says
   * `identity: "process"`, and the world never lets it leave `backtest`.
   *
   * @throws errors of class `usage`; what the strategy does wrong is `rejected` in the result
   * @example
   * const result = await Runner.submit(strategy, { world: "sp500-trend", project: config });
   */
  async submit(strategy: Strategy, options: RunnerOptions): Promise<SubmitResult> {
    const {
      world,
      project,
      root = process.cwd(),
      log = SILENT,
      signal = new AbortController().signal,
      secrets,
      ...rest
    } = options;
    const clock = Date.now;
    const loaded = await loadWorld(world, {
      config: project,
      root,
      clock,
      log,
      signal,
      ...(secrets !== undefined && { secrets }),
    });
    try {
      return await submit(
        {
          ...rest,
          executor: localExecutor(strategy, randomUUID()),
          label: strategy.name,
          command: `Runner.submit(${strategy.name}, { world: ${JSON.stringify(world)} })`,
        },
        {
          ...loaded,
          plugins: localPlugins(loaded.host, world),
          provider: providerOf(loaded.host, world),
          clock,
          signal,
          qmtl: QMTL_VERSION,
        },
      );
    } finally {
      await loaded.host.close();
    }
  },
};

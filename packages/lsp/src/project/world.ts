import {
  type CheckedWorld,
  checkWorld,
  expressionFaults,
  type MetricDescription,
  type WorldConfig,
} from "@qmtl/core/static";
import { metricsOf } from "./metrics.ts";
import type { ProjectPlugins } from "./plugins.ts";

/** A world file as far as it can be read. */
export interface ProjectWorld {
  readonly path: string;
  readonly text: string;
  /** What the file's name calls it: how a submission means it. */
  readonly name: string;
  readonly checked: CheckedWorld;
  /** Present where the file has no mistake beside those of its expressions. */
  readonly config?: WorldConfig;
  /** What gates and score may read; absent where this can't be told. */
  readonly metrics?: readonly MetricDescription[];
}

export function readWorld(path: string, text: string, plugins: ProjectPlugins): ProjectWorld {
  const file = { file: path, text };
  const { config } = checkWorld(file);
  const metrics = metricsOf(plugins, config === undefined ? [] : config.evaluators.map(({ use }) => use));
  const checked =
    metrics === undefined || config === undefined
      ? checkWorld(file)
      : checkWorld({
          ...file,
          checkExpression: ({ kind, text: expression }) => expressionFaults({ kind, text: expression }, metrics),
        });
  return {
    path,
    text,
    name: path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, ""),
    checked,
    ...(config !== undefined && { config }),
    ...(metrics !== undefined && config !== undefined && { metrics }),
  };
}

import { GUARD_METRICS, type MetricDescription } from "@qmtl/core/static";
import { type ProjectPlugins, pluginNamed } from "./plugins.ts";

/** The metrics that gates and score of a world may read; undefined where an evaluator does not say what it gives. */
export function metricsOf(
  plugins: ProjectPlugins,
  evaluators: readonly string[],
): readonly MetricDescription[] | undefined {
  const metrics: MetricDescription[] = [...GUARD_METRICS];
  for (const word of evaluators) {
    const brings = pluginNamed(plugins, "evaluator", word)?.described.brings;
    if (brings?.kind !== "evaluator") return undefined;
    metrics.push(...brings.metrics);
  }
  return metrics;
}

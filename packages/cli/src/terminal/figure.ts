import type { RunView } from "@qmtl/core";
import { formatNumber, formatPercent } from "./number.ts";

type Metric = RunView["metrics"][number];

/** A metric's value by its unit, or why there is none. */
export function formatFigure({ figure, description }: Metric): string {
  return figure.kind === "undefined" ? `undefined: ${figure.because}` : formatMetric(figure.value, description);
}

/** A number in the unit of a metric. */
export function formatMetric(value: number, description: Metric["description"]): string {
  const unit = description?.unit ?? "";
  return unit.startsWith("fraction") || unit === "probability" ? formatPercent(value) : formatNumber(value);
}

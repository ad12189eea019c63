import type { RunView } from "@qmtl/core";
import { formatNumber, formatPercent } from "./number.ts";

type Metric = RunView["metrics"][number];

/** A metric's value by its unit, or why there is none. */
export function formatFigure({ figure, description }: Metric): string {
  if (figure.kind === "undefined") return `undefined: ${figure.because}`;
  const unit = description?.unit ?? "";
  return unit.startsWith("fraction") || unit === "probability"
    ? formatPercent(figure.value)
    : formatNumber(figure.value);
}

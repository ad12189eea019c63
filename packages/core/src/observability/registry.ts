import { QmtlError } from "../schema/error.ts";
import { instruments } from "./instruments.ts";
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  METRICS,
  type MetricLabels,
  type MetricName,
  type MetricSpec,
} from "./metrics.ts";

/** One line of a snapshot: a metric at one set of labels. Plain data. */
export type MetricSample =
  | {
      readonly kind: "counter" | "gauge";
      readonly name: CounterName | GaugeName;
      readonly labels: Readonly<Record<string, string>>;
      readonly value: number;
    }
  | {
      readonly kind: "histogram";
      readonly name: HistogramName;
      readonly labels: Readonly<Record<string, string>>;
      readonly count: number;
      readonly sum: number;
      /** Observations at or below each bound, cumulative, without the bucket to infinity (which is `count`). */
      readonly buckets: readonly { readonly atMost: number; readonly count: number }[];
    };

/**
 * Counts in memory, and with the same words through OpenTelemetry where the process has registered a provider before. One per process
 * or run; whoever made it reads it with `snapshot`.
 */
export interface Metrics {
  /** Adds to a counter (default 1). @throws `metrics.invalid-value` for a negative or non-finite amount */
  count<N extends CounterName>(name: N, labels: MetricLabels<N>, by?: number): void;
  /** Adds an observation to a histogram. @throws `metrics.invalid-value` for a non-finite value */
  observe<N extends HistogramName>(name: N, labels: MetricLabels<N>, value: number): void;
  /** Says where a gauge stands now. @throws `metrics.invalid-value` for a non-finite value */
  set<N extends GaugeName>(name: N, labels: MetricLabels<N>, value: number): void;
  /** Everything counted so far, sorted by name and labels. */
  snapshot(): readonly MetricSample[];
}

interface Cell {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  count: number;
  sum: number;
  readonly buckets: number[];
}

/**
 * A registry of the metrics in {@link METRICS}.
 *
 * @example
 * const metrics = createMetrics();
 * metrics.count("strategy_compute_context_downgrade_total", { reason: "missing_as_of" });
 * metrics.snapshot(); // [{ kind: "counter", name: "strategy_compute_…", labels: { reason: "missing_as_of" }, value: 1 }]
 */
export function createMetrics(): Metrics {
  const cells = new Map<string, Cell>();
  const instrument = instruments();

  const cellOf = (name: MetricName, labels: Readonly<Record<string, string>>): Cell => {
    const spec = specOf(name, labels);
    const key = JSON.stringify([name, ...spec.labels.map((label) => labels[label])]);
    const known = cells.get(key);
    if (known !== undefined) return known;
    const ordered = Object.fromEntries(spec.labels.map((label) => [label, labels[label] ?? ""]));
    const cell: Cell = { name, labels: ordered, count: 0, sum: 0, buckets: (spec.buckets ?? []).map(() => 0) };
    cells.set(key, cell);
    return cell;
  };

  return {
    count(name, labels, by = 1) {
      if (!Number.isFinite(by) || by < 0) refuse(name, by);
      const cell = cellOf(name, labels);
      cell.count += by;
      instrument(name)(by, cell.labels);
    },
    observe(name, labels, value) {
      if (!Number.isFinite(value)) refuse(name, value);
      const cell = cellOf(name, labels);
      cell.count += 1;
      cell.sum += value;
      const bounds: readonly number[] = METRICS[name].buckets;
      bounds.forEach((bound, i) => {
        if (value <= bound) cell.buckets[i] = (cell.buckets[i] ?? 0) + 1;
      });
      instrument(name)(value, cell.labels);
    },
    set(name, labels, value) {
      if (!Number.isFinite(value)) refuse(name, value);
      const cell = cellOf(name, labels);
      cell.count = value;
      instrument(name)(value, cell.labels);
    },
    snapshot() {
      return [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => sampleOf(cell));
    },
  };
}

function specOf(name: MetricName, labels: Readonly<Record<string, string>>): MetricSpec {
  const spec: MetricSpec | undefined = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
  const given = Object.keys(labels);
  if (
    spec !== undefined &&
    given.length === spec.labels.length &&
    spec.labels.every((l) => typeof labels[l] === "string")
  )
    return spec;
  throw new QmtlError({
    code: "metrics.unknown",
    message:
      spec === undefined
        ? `There is no metric ${name}`
        : `Metric ${name} has the labels ${spec.labels.join(", ")}, not ${given.join(", ") || "none"}`,
    next: "Add metrics and labels to the table of metrics first.",
    class: "failed",
  });
}

function refuse(name: MetricName, value: number): never {
  throw new QmtlError({
    code: "metrics.invalid-value",
    message: `${String(value)} can't be added to ${name}`,
    class: "failed",
  });
}

function sampleOf(cell: Cell): MetricSample {
  const { name, labels, count, sum } = cell;
  const spec: MetricSpec = METRICS[name];
  if (spec.kind !== "histogram")
    return { kind: spec.kind, name: name as CounterName | GaugeName, labels, value: count };
  const buckets = (spec.buckets ?? []).map((atMost, i) => ({ atMost, count: cell.buckets[i] ?? 0 }));
  return { kind: "histogram", name: name as HistogramName, labels, count, sum, buckets };
}

import { requireCalendar } from "../data/calendar/calendars.ts";
import type { Panel } from "../data/panel.ts";
import { createExecution } from "../engine/create-execution.ts";
import type { ColumnSeries, Execution } from "../engine/execution.ts";
import { uniteStamps } from "../engine/timeline.ts";
import { forwardReturns } from "../labels/forward-return.ts";
import { barrierLabels } from "../labels/triple-barrier.ts";
import type { Cell } from "../schema/cell.ts";
import type { ColumnRef, LabelNode } from "../strategy/graph.ts";
import type { PlainPanel } from "./executor.ts";
import type { BuiltDataset } from "./inspect.ts";
import { panelsAsRead } from "./panels-as-read.ts";

/** A column of a dataset: what its cells are, which computation they come from, and when they are known. */
export interface DatasetColumn {
  readonly name: string;
  /** A feature is known at its row's stamp. A label is known later, at most `bars` bars of its symbol. */
  readonly role: "feature" | "label";
  readonly causal: boolean;
  readonly bars: number;
  readonly cell: Cell;
  /** NodeID. */
  readonly node: string;
  readonly output: string;
}

export interface DatasetRows {
  /** Empty where all features are market-wide. */
  readonly symbol: string;
  readonly stamps: Float64Array;
  /** By column; words and flags as codes. `NaN`: no value. */
  readonly cells: Readonly<Record<string, Float64Array>>;
  /** By label, the stamp from which it is known; `NaN` where the data end before. */
  readonly known: Readonly<Record<string, Float64Array>>;
}

/** Plain data. */
export interface DatasetTable {
  readonly columns: readonly DatasetColumn[];
  /** In the universe's order. A row is there where all features are warm. */
  readonly series: readonly DatasetRows[];
}

/** Values by stamp, of one column of one symbol. */
interface Dated {
  readonly stamps: Float64Array;
  readonly values: Float64Array;
  /** Stamp from which each is known. */
  readonly known?: Float64Array;
}

/**
 * Computes features as a run does, and labels from what it kept.
 *
 * @throws as `Replay.advance`
 */
export function buildDataset(
  { graph, spec, inspected }: BuiltDataset,
  given: ReadonlyMap<number, PlainPanel>,
  progress?: Int32Array,
): DatasetTable {
  const panels = new Map<number, Panel>(
    [...given].map(([node, panel]) => [node, { ...panel, calendar: requireCalendar(panel.calendar) }]),
  );
  const features = Object.entries(spec.features);
  const labels = Object.entries(spec.labels).map(([name, ref]) => ({
    name,
    ref,
    node: graph.nodes[ref.node] as LabelNode,
  }));
  const read = labels.flatMap(({ node }) =>
    node.inputs.flatMap(({ read: of }) => (of.kind === "column" ? [of.ref] : [])),
  );
  const execution = createExecution({
    graph,
    panels: panelsAsRead(graph, panels),
    keep: [...features.map(([, ref]) => ref), ...read],
    ...(progress !== undefined && { progress }),
  });
  execution.advance(Number.POSITIVE_INFINITY);
  const columns = [
    ...features.map(([name, ref]) => ({ name, role: "feature" as const, causal: true, bars: 0, ref })),
    ...labels.map(({ name, ref, node }) => ({ name, role: "label" as const, causal: false, bars: node.bars, ref })),
  ].map(
    ({ ref, ...column }): DatasetColumn => ({
      ...column,
      cell: graph.nodes[ref.node]!.output[ref.column]!,
      node: inspected.nodes[ref.node]!.id,
      output: ref.column,
    }),
  );
  const symbols = symbolsOf(features.map(([, ref]) => execution.kept(ref).series.map(({ symbol }) => symbol)));
  return {
    columns,
    series: symbols.map((symbol) => {
      const own = features.map(([name, ref]) => ({ name, dated: datedOf(execution, ref, symbol) }));
      const stamps = meetingStamps(own.map(({ dated }) => dated.stamps));
      const told = labels.map(({ name, ref, node }) => ({ name, dated: labelOf(execution, node, ref.column, symbol) }));
      return {
        symbol,
        stamps,
        cells: Object.fromEntries([...own, ...told].map(({ name, dated }) => [name, at(stamps, dated, dated.values)])),
        known: Object.fromEntries(told.map(({ name, dated }) => [name, at(stamps, dated, dated.known!)])),
      };
    }),
  };
}

/** Symbols that all per-symbol features have; the market alone where there are none. */
function symbolsOf(lists: readonly (readonly string[])[]): readonly string[] {
  const own = lists.filter((list) => !(list.length === 1 && list[0] === ""));
  return own[0]?.filter((symbol) => own.every((list) => list.includes(symbol))) ?? [""];
}

function seriesOf(execution: Execution, ref: ColumnRef, symbol: string): ColumnSeries | undefined {
  const { series } = execution.kept(ref);
  return series.find((one) => one.symbol === symbol) ?? series.find((one) => one.symbol === "");
}

const NOTHING: Dated = { stamps: new Float64Array(0), values: new Float64Array(0) };

/** The valid rows of a column. */
function datedOf(execution: Execution, ref: ColumnRef, symbol: string): Dated {
  const series = seriesOf(execution, ref, symbol);
  if (series === undefined) return NOTHING;
  const { stamps, values, firstValid } = series;
  return { stamps: stamps.subarray(firstValid), values: Float64Array.from(values.subarray(firstValid)) };
}

function labelOf(execution: Execution, node: LabelNode, output: string, symbol: string): Dated {
  const [close, volatility] = node.inputs.map(({ read }) =>
    read.kind === "column" ? datedOf(execution, read.ref, symbol) : NOTHING,
  );
  const { stamps, values: closes } = close!;
  const knownAt = (known: Int32Array): Float64Array =>
    Float64Array.from(known, (row) => (row < 0 ? Number.NaN : stamps[row]!));
  if (node.label === "forward-return") {
    const { value, known } = forwardReturns(closes, node.bars);
    return { stamps, values: value, known: knownAt(known) };
  }
  const { bars, profit, loss, side, cost } = node;
  const widths = at(stamps, volatility!, volatility!.values);
  const { outcome, net, known } = barrierLabels(closes, widths, { bars, profit, loss, side, cost });
  // The words of the outcome ascend with it: loss, timeout, profit.
  return { stamps, values: output === "net" ? net : outcome.map((sign) => sign + 1), known: knownAt(known) };
}

/** The stamps that all have. */
function meetingStamps(lists: readonly Float64Array[]): Float64Array {
  const counts = lists.map(() => 0);
  return uniteStamps(lists).filter((stamp) =>
    lists.every((stamps, k) => {
      while (counts[k]! < stamps.length && stamps[counts[k]!]! < stamp) counts[k]!++;
      return stamps[counts[k]!] === stamp;
    }),
  );
}

/** Values at other stamps; `NaN` where there is none. */
function at(stamps: Float64Array, of: Dated, values: Float64Array): Float64Array {
  let next = 0;
  return stamps.map((stamp) => {
    while (next < of.stamps.length && of.stamps[next]! < stamp) next++;
    return of.stamps[next] === stamp ? values[next]! : Number.NaN;
  });
}

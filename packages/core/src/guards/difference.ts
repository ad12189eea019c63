import type { ColumnSeries, KeptColumn } from "../engine/execution.ts";
import type { Cell } from "../schema/cell.ts";
import type { GraphNode, InputRef, StrategyGraph } from "../strategy/graph.ts";
import type { GuardValue } from "./finding.ts";
import type { Trace } from "./trace.ts";

/** The first row on which two traces of a column part. */
export interface Difference {
  readonly node: number;
  readonly column: string;
  /** Empty for a market-wide column. */
  readonly symbol: string;
  readonly bar: number;
  readonly left: GuardValue;
  readonly right: GuardValue;
}

/** Whether two cells hold the same; the rows are those of the left and the right series. */
export type Same = (left: number, right: number) => boolean;

/** Bit for bit; two NaN are one value. */
export const sameBits: Same = Object.is;

/** Which rows of two series are compared: `left` row, `right` row and how many. */
export interface Overlap {
  readonly left: number;
  readonly right: number;
  readonly rows: number;
}

/** The columns that an input reads, by node. */
export function refsOf(read: InputRef): readonly { readonly node: number; readonly column: string }[] {
  switch (read.kind) {
    case "constant":
      return [];
    case "column":
    case "window":
      return [read.ref];
    default:
      return read.columns.map((column) => ({ node: read.node, column }));
  }
}

/** The row at which two series part, or undefined. */
export function firstDifferentRow(
  left: ColumnSeries,
  right: ColumnSeries,
  { left: from, right: start, rows }: Overlap,
  same: Same,
): number | undefined {
  const a = left.values;
  const b = right.values;
  for (let row = 0; row < rows; row++) {
    const x = a[from + row]!;
    const y = b[start + row]!;
    // Nearly all cells are equal numbers: only what is left is worth a call.
    if ((x !== y || x === 0) && !same(x, y)) return from + row;
  }
  return undefined;
}

/**
 * Where two traces part, node by node, inputs before consumers. A node is to blame where its own inputs agree; what follows from it is
 * left out.
 */
export function culprits(
  left: Trace,
  right: Trace,
  overlapOf: (left: ColumnSeries, right: ColumnSeries, node: GraphNode) => Overlap | undefined,
  sameOf: (node: GraphNode, column: string) => Same,
): readonly Difference[] {
  const parted = new Set<string>();
  const found: Difference[] = [];
  for (const node of left.graph.nodes) {
    const tainted = node.inputs.some(({ read }) => refsOf(read).some((ref) => parted.has(keyOf(ref.node, ref.column))));
    for (const [column, cell] of Object.entries(node.output)) {
      const difference = parting(node, column, cell, left, right, overlapOf, sameOf(node, column));
      if (difference === undefined) continue;
      parted.add(keyOf(node.index, column));
      if (!tainted && !found.some((one) => one.node === node.index)) found.push(difference);
    }
  }
  return found;
}

function parting(
  node: GraphNode,
  column: string,
  cell: Cell,
  left: Trace,
  right: Trace,
  overlapOf: (left: ColumnSeries, right: ColumnSeries, node: GraphNode) => Overlap | undefined,
  same: Same,
): Difference | undefined {
  let first: Difference | undefined;
  const others = columnOf(right, node.index, column).series;
  for (const one of columnOf(left, node.index, column).series) {
    const other = others.find(({ symbol }) => symbol === one.symbol);
    const overlap = other && overlapOf(one, other, node);
    if (other === undefined || overlap === undefined) continue;
    const row = firstDifferentRow(one, other, overlap, same);
    if (row === undefined) continue;
    const bar = one.stamps[row]!;
    if (first !== undefined && first.bar <= bar) continue;
    first = {
      node: node.index,
      column,
      symbol: one.symbol,
      bar,
      left: cellValue(cell, one.values[row]!),
      right: cellValue(cell, other.values[overlap.right + row - overlap.left]!),
    };
  }
  return first;
}

export function columnOf({ columns }: Trace, node: number, column: string): KeptColumn {
  return columns[node]![column]!;
}

/** A stored cell as a person reads it. */
export function cellValue(cell: Cell, stored: number): GuardValue {
  if (cell.dtype === "bool") return stored === 1;
  if (cell.dtype === "categorical") return cell.values[stored] ?? null;
  return Number.isFinite(stored) ? stored : null;
}

/** The value of a column at a bar. */
export function valueAt(trace: Trace, node: number, column: string, symbol: string, bar: number): GuardValue {
  const kept = columnOf(trace, node, column);
  const series = kept.series.find((one) => one.symbol === symbol) ?? kept.series[0];
  const row = series?.stamps.indexOf(bar) ?? -1;
  if (series === undefined || row < 0 || row < series.firstValid) return null;
  return cellValue(trace.graph.nodes[node]!.output[column]!, series.values[row]!);
}

/** The stream columns that reach a node, directly or through others. */
export function sourcesOf(
  graph: StrategyGraph,
  node: number,
): readonly { readonly node: number; readonly column: string }[] {
  const found = new Map<string, { readonly node: number; readonly column: string }>();
  const seen = new Set<number>();
  const visit = (index: number): void => {
    if (seen.has(index)) return;
    seen.add(index);
    for (const { read } of graph.nodes[index]!.inputs)
      for (const ref of refsOf(read)) {
        if (graph.nodes[ref.node]!.kind === "stream") found.set(keyOf(ref.node, ref.column), ref);
        else visit(ref.node);
      }
  };
  visit(node);
  return [...found.values()];
}

function keyOf(node: number, column: string): string {
  return `${node} ${column}`;
}

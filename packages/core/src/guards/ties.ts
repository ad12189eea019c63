import { isoText } from "../data/iso.ts";
import type { ColumnSeries } from "../engine/execution.ts";
import type { Cell, ColumnArray } from "../schema/cell.ts";
import type { ColumnRef } from "../strategy/graph.ts";
import { columnOf, culprits, type Difference, type Overlap, refsOf, type Same, valueAt } from "./difference.ts";
import type { GuardFinding, GuardValue } from "./finding.ts";
import type { GuardNaming } from "./naming.ts";
import { mapSeries, type Panels } from "./slice.ts";
import { type Trace, traceGraph } from "./trace.ts";

/** Four units in the last place: what the order of a few additions can move a number by. */
const NUDGE = 2 ** -50;

/** Share of a column's largest value by which it has to jump to count as another answer: far above the nudge, far below a decision. */
const JUMP = 1e-6;

export interface TieOptions {
  readonly known: Trace;
  /** The columns that the decision reads. */
  readonly decision: readonly ColumnRef[];
  readonly naming: GuardNaming;
  readonly progress?: Int32Array;
}

export interface TieCheck {
  /** Rows of the decision's columns that were compared. */
  readonly compared: number;
  /** Those that gave another answer. */
  readonly fragile: number;
  /** The first node that turned a nudge into another answer, where a decision did. */
  readonly findings: readonly GuardFinding[];
  readonly rows: number;
}

/**
 * Whether decisions turn on the last digits: the graph once more over prices that are moved by at most four units in the last place. The
 * move is a function of the value, so that what is equal in the data stays equal: what flips is a coincidence of rounding, be it in a
 * kernel or in the author's own comparison.
 *
 * @throws what computing the graph throws
 */
export function checkTies({ known, decision, naming, progress }: TieOptions): TieCheck {
  const { graph } = known;
  const nudged = traceGraph(graph, nudgedPanels(known), progress === undefined ? {} : { progress });
  let compared = 0;
  let fragile = 0;
  for (const ref of decision) {
    const same = sameAnswer(known, ref);
    const others = columnOf(nudged, ref.node, ref.column).series;
    for (const [s, one] of columnOf(known, ref.node, ref.column).series.entries()) {
      const { left, rows } = computedRows(one);
      compared += Math.max(0, rows);
      const other = others[s]!.values;
      for (let row = left; row < left + rows; row++)
        if (one.values[row] !== other[row] && !same(one.values[row]!, other[row]!)) fragile++;
    }
  }
  if (fragile === 0) return { compared, fragile, findings: [], rows: nudged.rows };
  const [first] = culprits(known, nudged, computedRows, (node, column) =>
    sameAnswer(known, { node: node.index, column }),
  );
  return {
    compared,
    fragile,
    findings: first === undefined ? [] : [finding(first, known, fragile, compared, naming)],
    rows: nudged.rows,
  };
}

function nudgedPanels({ graph, panels }: Trace): Panels {
  const read = new Set(
    graph.nodes.flatMap(({ inputs }) => inputs.flatMap(({ read: input }) => refsOf(input).map(keyOf))),
  );
  return mapSeries(panels, (series, node) => ({
    ...series,
    columns: Object.fromEntries(
      Object.entries(series.columns).map(([column, cells]) => [
        column,
        read.has(keyOf({ node, column })) ? nudge(cells) : cells,
      ]),
    ),
  }));
}

function keyOf({ node, column }: ColumnRef): string {
  return `${node} ${column}`;
}

/** @returns a copy whose floats differ by at most four units in the last place, upward or downward by their bits; zeros stay */
export function nudge(cells: ColumnArray): ColumnArray {
  if (!(cells instanceof Float64Array)) return cells;
  const moved = cells.slice();
  const words = new Uint32Array(moved.buffer);
  for (let row = 0; row < moved.length; row++) {
    let hash = Math.imul(words[2 * row]! ^ Math.imul(words[2 * row + 1]!, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    moved[row] = cells[row]! * ((hash & 1) === 0 ? 1 + NUDGE : 1 - NUDGE);
  }
  return moved;
}

function computedRows({ firstValid, computed }: ColumnSeries): Overlap {
  return { left: firstValid, right: firstValid, rows: computed - firstValid };
}

function sameAnswer(trace: Trace, { node, column }: ColumnRef): Same {
  const cell: Cell = trace.graph.nodes[node]!.output[column]!;
  if (cell.dtype !== "f64") return (left, right) => left === right;
  let most = 0;
  for (const { values, firstValid, computed } of columnOf(trace, node, column).series)
    for (let row = firstValid; row < computed; row++) {
      const size = Math.abs(values[row]!);
      if (size > most && size < Number.POSITIVE_INFINITY) most = size;
    }
  const jump = JUMP * most;
  return (left, right) => Object.is(left, right) || Math.abs(left - right) <= jump;
}

function finding(
  { node, column, symbol, bar, left, right }: Difference,
  known: Trace,
  fragile: number,
  compared: number,
  naming: GuardNaming,
): GuardFinding {
  const label = naming.label(node);
  const inputs: Record<string, GuardValue> = {};
  for (const { name, read } of known.graph.nodes[node]!.inputs)
    for (const ref of refsOf(read)) {
      const key = read.kind === "column" || read.kind === "window" ? name : `${name}.${ref.column}`;
      inputs[key] = valueAt(known, ref.node, ref.column, symbol, bar);
    }
  return {
    kind: "tie",
    severity: "note",
    message: `${fragile} of ${compared} decision values examined turn on the last digits: first node "${label}" at the bar that ended ${isoText(bar)}${symbol === "" ? "" : ` of ${symbol}`}, whose ${column} is ${String(left)}, and ${String(right)} when prices move by 1e-15`,
    hint: "Compare with a margin that means something, for example a > b * (1 + 1e-9).",
    index: node,
    node: label,
    column,
    bar,
    values: { ...inputs, [column]: left, nudged: right },
    ...(symbol !== "" && { symbol }),
    ...naming.place(node),
  };
}

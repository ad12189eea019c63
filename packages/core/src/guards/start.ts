import { isoText } from "../data/iso.ts";
import type { ColumnSeries } from "../engine/execution.ts";
import { countUntil } from "../engine/timeline.ts";
import { culprits, type Difference, type Overlap, type Same, sameBits } from "./difference.ts";
import type { GuardFinding } from "./finding.ts";
import type { GuardNaming } from "./naming.ts";
import { type Settling, settling } from "./settled.ts";
import { type Stretch, slicePanels } from "./slice.ts";
import { type Trace, traceGraph } from "./trace.ts";

/** How far the values of a node with infinite memory may part once it has settled, relative to their size. */
const TOLERANCE = 1e-9;

export interface StartOptions {
  /** The graph over a stretch of history from its first bar on. */
  readonly whole: Trace;
  /** A later start: end of the last bar that is dropped, ms UTC. */
  readonly stretch: Stretch;
  readonly naming: GuardNaming;
  readonly progress?: Int32Array;
}

export interface StartCheck {
  /** Labels of the nodes whose values depend on every bar since the first. Not a fault: a live run has to replay them. */
  readonly pathDependent: readonly string[];
  /** Labels of the nodes that had not settled before the stretch ended, and were not compared. */
  readonly unsettled: readonly string[];
  readonly findings: readonly GuardFinding[];
  readonly rows: number;
}

/**
 * Start invariance: computed from a later bar on, a node gives the same bits once it has settled; a node of infinite memory agrees to
 * 1e-9. Nodes that keep state for ever, and what follows from them, are reported and not compared.
 *
 * @throws what computing the graph throws
 */
export function checkStart({ whole, stretch, naming, progress }: StartOptions): StartCheck {
  const { graph } = whole;
  const panels = slicePanels(whole.panels, stretch);
  const later = traceGraph(graph, panels, progress === undefined ? {} : { progress });
  const settled = settling(graph, panels, (stream, symbol) => {
    const stamps = whole.panels.get(stream)?.series.find((series) => series.symbol === symbol)?.stamps;
    return stamps?.[0] !== undefined && stamps[0] <= stretch.after;
  });
  const partedBy = (same: Same): readonly Difference[] =>
    culprits(
      whole,
      later,
      (one, other, node) => settledRows(one, other, settled[node.index]!.from.get(one.symbol)),
      () => same,
    );
  const exact = partedBy(sameBits);
  const infinite = exact.filter(({ node }) => settled[node]!.memory === "infinite").map(({ node }) => node);
  const beyond = infinite.length === 0 ? [] : partedBy(nearly).filter(({ node }) => infinite.includes(node));
  return {
    pathDependent: graph.nodes.flatMap(({ index }) => (settled[index]!.memory === "path" ? [naming.label(index)] : [])),
    unsettled: graph.nodes.flatMap(({ index }) =>
      settled[index]!.memory !== "path" && isNeverSettled(settled[index]!) ? [naming.label(index)] : [],
    ),
    findings: [
      ...exact.filter(({ node }) => settled[node]!.memory === "finite").map((one) => finding(one, false, naming)),
      ...beyond.map((one) => finding(one, true, naming)),
    ],
    rows: later.rows,
  };
}

function isNeverSettled({ from }: Settling): boolean {
  return [...from.values()].every((stamp) => stamp === Number.POSITIVE_INFINITY);
}

const nearly: Same = (left, right) =>
  Object.is(left, right) || Math.abs(left - right) <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right));

/** The settled rows that both series have. */
function settledRows(one: ColumnSeries, other: ColumnSeries, from: number | undefined): Overlap | undefined {
  if (from === undefined || from === Number.POSITIVE_INFINITY) return undefined;
  let right = from === Number.NEGATIVE_INFINITY ? 0 : countUntil(other.stamps, from) - 1;
  right = Math.max(right, other.firstValid);
  const stamp = other.stamps[right];
  if (stamp === undefined) return undefined;
  const left = countUntil(one.stamps, stamp) - 1;
  // Rows are laid out by stamps alone: where those part there is no row to compare with.
  if (one.stamps[left] !== stamp || left < one.firstValid) return undefined;
  const rows = Math.min(one.computed - left, other.computed - right);
  return rows > 0 && one.stamps[left + rows - 1] === other.stamps[right + rows - 1] ? { left, right, rows } : undefined;
}

function finding(
  { node, column, symbol, bar, left, right }: Difference,
  infinite: boolean,
  naming: GuardNaming,
): GuardFinding {
  const label = naming.label(node);
  return {
    kind: "start",
    severity: infinite ? "doubt" : "fail",
    message: `Node "${label}" depends on where history starts: at the bar that ended ${isoText(bar)}${symbol === "" ? "" : ` of ${symbol}`} its ${column} is ${String(left)} from the first bar on and ${String(right)} from a later one, though it should have settled`,
    hint:
      naming.unproven(node) ??
      (infinite
        ? "Correct the kernel's settle: it says after how many rows the start of the data is forgotten."
        : "Declare what it remembers as state, or correct the kernel's settle."),
    index: node,
    node: label,
    column,
    bar,
    values: { "from the first bar": left, "from a later bar": right },
    ...(symbol !== "" && { symbol }),
    ...naming.place(node),
  };
}

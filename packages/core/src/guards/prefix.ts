import { isoText } from "../data/iso.ts";
import type { StrategyGraph } from "../strategy/graph.ts";
import { culprits, type Difference, type Overlap, sameBits, sourcesOf, valueAt } from "./difference.ts";
import type { GuardFinding } from "./finding.ts";
import type { GuardNaming } from "./naming.ts";
import { mapSeries, type Panels, type Stretch, slicePanels } from "./slice.ts";
import { type Trace, traceGraph } from "./trace.ts";

export interface PrefixOptions {
  readonly graph: StrategyGraph;
  readonly panels: Panels;
  /** End of the bar before the first one that is computed; `until` is the end of the last bar that was known. */
  readonly stretch: Stretch;
  /** End of the last bar that the other computation sees. */
  readonly horizon: number;
  readonly naming: GuardNaming;
  readonly progress?: Int32Array;
}

export interface PrefixCheck {
  /** Of what was known at the cut. */
  readonly known: Trace;
  readonly findings: readonly GuardFinding[];
  /** Rows computed in all. */
  readonly rows: number;
}

/**
 * Prefix invariance: every node computed up to a cut, once without and once with later bars in sight, has the same bits up to the cut.
 * Both begin at the same bar, so it holds for nodes of any memory.
 *
 * @throws what computing the graph throws
 */
export function checkPrefix(options: PrefixOptions): PrefixCheck {
  const { graph, panels, stretch, horizon, naming, progress } = options;
  const trace = (of: Panels, chunk?: number): Trace =>
    traceGraph(graph, of, { ...(chunk !== undefined && { chunk }), ...(progress !== undefined && { progress }) });
  const seen = slicePanels(panels, { ...stretch, until: horizon });
  const most = Math.max(1, ...[...seen.values()].flatMap(({ series }) => series.map(({ stamps }) => stamps.length)));
  // In one piece: whatever leaks between the rows of one call leaks as far as it can.
  const full = trace(seen, most);
  const known = trace(slicePanels(panels, stretch));
  const parted = culprits(full, known, knownRows, () => sameBits);
  let rows = full.rows + known.rows;
  if (parted.length === 0) return { known, findings: [], rows };
  const again = trace(seen, most);
  rows += again.rows;
  const unsteady = new Set(culprits(full, again, knownRows, () => sameBits).map(({ node }) => node));
  const findings = parted.map((difference): GuardFinding => {
    if (unsteady.has(difference.node)) return unrepeatable(difference, naming);
    const inputs = sourcesOf(graph, difference.node).filter(({ node, column }) => {
      const blind = trace(blinded(seen, node, column, stretch.until), most);
      rows += blind.rows;
      const value = valueAt(blind, difference.node, difference.column, difference.symbol, difference.bar);
      return !Object.is(value, difference.left);
    });
    return lookAhead(difference, inputs, naming);
  });
  return { known, findings, rows };
}

/** The rows that the shorter trace has computed. */
function knownRows(
  full: { readonly firstValid: number; readonly computed: number },
  known: { readonly computed: number },
): Overlap {
  const from = Math.min(full.firstValid, known.computed);
  return { left: from, right: from, rows: Math.min(full.computed, known.computed) - from };
}

/** One column of a stream without its values after the cut. */
function blinded(panels: Panels, node: number, column: string, cut: number): Panels {
  const at = panels.get(node);
  if (at === undefined) return panels;
  const changed = mapSeries(new Map([[node, at]]), (series) => {
    const cells = series.columns[column]!.slice();
    for (let row = 0; row < cells.length; row++)
      if (series.stamps[row]! > cut) cells[row] = cells instanceof Float64Array ? Number.NaN : 0;
    return { ...series, columns: { ...series.columns, [column]: cells } };
  });
  return new Map([...panels, ...changed]);
}

function lookAhead(
  { node, column, symbol, bar, left, right }: Difference,
  inputs: readonly { readonly node: number; readonly column: string }[],
  naming: GuardNaming,
): GuardFinding {
  const label = naming.label(node);
  const read = [...new Set(inputs.map((ref) => `${ref.column} of ${naming.label(ref.node)}`))].join(", ");
  const state = naming.unproven(node);
  return {
    kind: "look-ahead",
    severity: "fail",
    message: `Node "${label}" looks ahead: at the bar that ended ${isoText(bar)}${forSymbol(symbol)} its ${column} is ${String(left)} while later bars${read === "" ? "" : ` (${read})`} are in sight, and ${String(right)} without them`,
    hint:
      state ??
      "Let it read what its inputs bring and nothing else: windows count back from now, and what is kept between bars belongs into state.",
    index: node,
    node: label,
    column,
    bar,
    values: { "with later bars": left, "without them": right },
    ...(read !== "" && { input: read }),
    ...(symbol !== "" && { symbol }),
    ...naming.place(node),
  };
}

function unrepeatable({ node, column, symbol, bar, left, right }: Difference, naming: GuardNaming): GuardFinding {
  const label = naming.label(node);
  return {
    kind: "unrepeatable",
    severity: "fail",
    message: `Node "${label}" gives other values when the same bars are computed again: at the bar that ended ${isoText(bar)}${forSymbol(symbol)} its ${column} was ${String(left)}, then ${String(right)}`,
    hint: naming.unproven(node) ?? "Keep what changes from bar to bar in the node's state, not in variables around it.",
    index: node,
    node: label,
    column,
    bar,
    values: { first: left, again: right },
    ...(symbol !== "" && { symbol }),
    ...naming.place(node),
  };
}

function forSymbol(symbol: string): string {
  return symbol === "" ? "" : ` of ${symbol}`;
}

import type { AddedRows } from "../data/panel.ts";
import type { ColumnArray } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { StreamNode } from "../strategy/graph.ts";
import type { EngineColumns } from "./columns.ts";
import type { NodePlan, SeriesPlan } from "./series-plan.ts";
import { addRows, forgetRows, type Tail, tailOf } from "./tail.ts";
import { addTimelineRows, countUntil } from "./timeline.ts";

/** Where the rows of one symbol of one stream come in. */
interface Inlet {
  readonly series: SeriesPlan;
  readonly cells: Readonly<Record<string, Tail>>;
  /** Bar ends of the rows that were added and not admitted. */
  readonly waiting: Tail<Float64Array>;
  last: number;
}

/** The rows that streams get after the first ones. */
export interface Feed {
  /** @param after the last stamp that was passed @throws what `Execution.append` throws */
  append(rows: ReadonlyMap<number, AddedRows>, after: number): void;
  /** Shows the rows up to `to`. False when there are none. */
  admit(to: number): boolean;
  /** The first stamp that is not admitted; infinite when there is none. */
  upcoming(): number;
  /** Stamps that wait and cells. */
  held(): number;
}

export function createFeed(plans: readonly NodePlan[], columns: EngineColumns): Feed {
  const inlets = new Map<number, Map<string, Inlet>>();
  for (const { node, series } of plans)
    if (node.kind === "stream")
      inlets.set(
        node.index,
        new Map(
          series.map((one) => [
            one.symbol,
            {
              series: one,
              cells: columns.given(one),
              waiting: tailOf(new Float64Array(0)),
              last: one.timeline.stamps.at(-1) ?? Number.NEGATIVE_INFINITY,
            },
          ]),
        ),
      );
  const all = [...inlets.values()].flatMap((of) => [...of.values()]);
  return {
    append(rows, after) {
      const taken = [...rows].flatMap(([node, { series }]) =>
        series.map((added) => {
          const inlet = inlets.get(node)?.get(added.symbol);
          if (inlet === undefined) throw unknownSeries(node, added.symbol, [...(inlets.get(node)?.keys() ?? [])]);
          requireRows(added, inlet, plans[node]!.node as StreamNode, after);
          return { added, inlet };
        }),
      );
      for (const [k, { added, inlet }] of taken.entries())
        if (taken.findIndex((other) => other.inlet === inlet) !== k)
          throw wrongRows(added.symbol, "its rows are there twice");
      for (const { added, inlet } of taken) {
        if (added.stamps.length === 0) continue;
        addRows(inlet.waiting, added.stamps);
        inlet.last = added.stamps.at(-1)!;
        for (const [name, tail] of Object.entries(inlet.cells)) {
          forgetRows(tail, inlet.series.timeline.base);
          addRows(tail, added.columns[name]!);
        }
      }
    },
    admit(to) {
      let some = false;
      for (const { series, waiting } of all) {
        const count = countUntil(waiting.cells, to);
        if (count === 0) continue;
        const stamps = waiting.cells.subarray(0, count);
        addTimelineRows(series.timeline, { stamps, due: stamps });
        forgetRows(waiting, waiting.origin + count);
        some = true;
      }
      return some;
    },
    upcoming: () =>
      all.reduce((first, { waiting }) => Math.min(first, waiting.cells[0] ?? first), Number.POSITIVE_INFINITY),
    held: () =>
      all.reduce(
        (sum, { waiting, cells }) =>
          sum + waiting.store.length + Object.values(cells).reduce((of, { store }) => of + store.length, 0),
        0,
      ),
  };
}

type Added = AddedRows["series"][number];

function requireRows(
  { symbol, stamps, columns }: Added,
  { last, cells }: Inlet,
  node: StreamNode,
  after: number,
): void {
  for (const [name, { cells: held }] of Object.entries(cells)) {
    const added: ColumnArray | undefined = columns[name];
    if (added === undefined) throw wrongRows(symbol, `${node.schema.id} has a column ${name}, and they have none`);
    if (added.length !== stamps.length)
      throw wrongRows(symbol, `${name} has ${added.length} cells for ${stamps.length} bars`);
    if (added.constructor !== held.constructor) throw wrongRows(symbol, `${name} is of another dtype`);
  }
  let before = Math.max(last, after);
  for (const stamp of stamps) {
    if (!(stamp > before)) throw lateRows(symbol, stamp, before);
    before = stamp;
  }
  if (!Number.isFinite(before) && stamps.length > 0) throw wrongRows(symbol, "a bar ends at no instant");
}

function lateRows(symbol: string, stamp: number, before: number): QmtlError {
  return new QmtlError({
    code: "engine.late-rows",
    message: `A bar of ${symbol} that ends ${iso(stamp)} came after ${iso(before)} was reached`,
    place: { symbol, bar: stamp },
    next: "Add rows in the order of their stamps and before their stamp is passed; what was decided without a row is not revised.",
    class: "rejected",
  });
}

function iso(stamp: number): string {
  return Number.isFinite(stamp) ? new Date(stamp).toISOString() : String(stamp);
}

function wrongRows(symbol: string, why: string): QmtlError {
  return new QmtlError({
    code: "engine.wrong-rows",
    message: `The rows to add to ${symbol} don't fit: ${why}`,
    place: { symbol },
    next: "Give every column of the stream's schema, one cell per bar.",
  });
}

function unknownSeries(node: number, symbol: string, known: readonly string[]): QmtlError {
  return new QmtlError({
    code: "engine.unknown-series",
    message: `Rows were added for ${symbol} to node ${node}, which ${known.length === 0 ? "is no stream" : `has ${known.join(", ")}`}`,
    place: { symbol },
    next: "Begin with every symbol of the universe, without rows where it has none yet.",
  });
}

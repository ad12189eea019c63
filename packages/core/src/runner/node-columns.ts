import { littleEndianBytes } from "../data/fingerprint.ts";
import type { KnownNode } from "../engine/execution.ts";
import { ENGINE_VERSION } from "../engine/version.ts";
import { computeKey } from "../graph/key.ts";
import type { ColumnArray } from "../schema/cell.ts";
import type { StrategyGraph } from "../strategy/graph.ts";
import type { InspectedStrategy } from "./inspect.ts";

const FORMAT = 1;

/** What computed the columns, and on what. */
export interface ColumnsContext {
  readonly world: string;
  /** Fingerprint of the data. */
  readonly dataset: string;
}

interface Header {
  readonly format: number;
  readonly nodes: readonly {
    readonly key: string;
    readonly columns: readonly (readonly [
      name: string,
      series: readonly (readonly [type: "f64" | "i32" | "u8", rows: number])[],
    ])[];
  }[];
}

/** Nodes whose cells can be taken over: functions of the author that keep no state. What follows from kernels is cheap to compute again. */
export function statelessNodes({ nodes }: Pick<StrategyGraph, "nodes">): readonly number[] {
  return nodes.flatMap((node) => (node.kind === "user" && node.state === undefined ? [node.index] : []));
}

/** The columns of nodes as bytes, each node under the ComputeKey that it has in `backtest`. */
export function encodeColumns(
  columns: ReadonlyMap<number, KnownNode>,
  nodes: InspectedStrategy["nodes"],
  context: ColumnsContext,
): Uint8Array {
  const arrays: Uint8Array[] = [];
  const header: Header = {
    format: FORMAT,
    nodes: [...columns].map(([index, cells]) => ({
      key: keyOf(nodes[index]!.id, context),
      columns: Object.entries(cells).map(([name, series]) => [
        name,
        series.map((one) => {
          arrays.push(littleEndianBytes(one));
          return [typeOf(one), one.length];
        }),
      ]),
    })),
  };
  const head = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, head.length));
  bytes.set(head);
  let at = head.length;
  for (const one of arrays) {
    bytes.set(one, at);
    at += one.length;
  }
  return bytes;
}

/** Those of the stored columns that nodes have under the same ComputeKey, by index of the node. Of another format: none. */
export function decodeColumns(
  bytes: Uint8Array,
  nodes: InspectedStrategy["nodes"],
  context: ColumnsContext,
): ReadonlyMap<number, KnownNode> {
  const end = bytes.indexOf(0x0a);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Header;
  const found = new Map<number, KnownNode>();
  if (header.format !== FORMAT) return found;
  const wanted = new Map(nodes.map(({ id, index }) => [keyOf(id, context), index]));
  let at = end + 1;
  for (const { key, columns } of header.nodes) {
    const cells = Object.fromEntries(
      columns.map(([name, series]) => [
        name,
        series.map(([type, rows]) => {
          const [array, size] = arrayOf(type, bytes, at, rows);
          at += size;
          return array;
        }),
      ]),
    );
    const index = wanted.get(key);
    if (index !== undefined) found.set(index, cells);
  }
  return found;
}

function keyOf(nodeId: string, { world, dataset }: ColumnsContext): string {
  return computeKey({ nodeId, world, domain: "backtest", partition: "", engine: ENGINE_VERSION, blocks: [dataset] });
}

function typeOf(array: ColumnArray): "f64" | "i32" | "u8" {
  return array instanceof Float64Array ? "f64" : array instanceof Int32Array ? "i32" : "u8";
}

function arrayOf(
  type: "f64" | "i32" | "u8",
  bytes: Uint8Array,
  at: number,
  rows: number,
): readonly [array: ColumnArray, size: number] {
  if (type === "u8") return [bytes.slice(at, at + rows), rows];
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  if (type === "i32") return [Int32Array.from({ length: rows }, (_, i) => view.getInt32(4 * i, true)), 4 * rows];
  return [Float64Array.from({ length: rows }, (_, i) => view.getFloat64(8 * i, true)), 8 * rows];
}

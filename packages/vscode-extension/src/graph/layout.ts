import { layout as arrange, Graph } from "@dagrejs/dagre";
import type { Picture, PictureColumn, PictureEdge, PictureNode } from "./picture.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly node: PictureNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Nodes of one rank stand below each other. */
  readonly rank: number;
  /** The columns that have a row. */
  readonly rows: readonly PictureColumn[];
  /** Columns without a row. */
  readonly hidden: number;
}

export interface Route {
  readonly edge: PictureEdge;
  /** From the row of the column, around what is in between, to the consumer. */
  readonly points: readonly Point[];
}

/** Where everything stands, in CSS pixels from the upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly routes: readonly Route[];
}

export const HEAD = 44;
export const ROW = 18;
const PAD = 8;
const MARGIN = 16;
/** A node with more columns shows those that are read. */
const MOST_ROWS = 8;
/** A box is as wide as its longest text, within limits; longer texts are cut. */
const NARROWEST = 128;
const WIDEST = 248;
const CHARACTER = 7;

/** How many characters of the small type a box of this width has room for. */
export function room(width: number): number {
  return Math.floor((width - 2 * PAD) / CHARACTER);
}

/** From left to right along the edges. Pure: equal pictures have equal layouts. */
export function layoutOf(picture: Picture): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 64, marginx: MARGIN, marginy: MARGIN });
  const read = new Set(picture.edges.map(({ from, column }) => `${from}\n${column}`));
  const shapes = new Map(picture.nodes.map((node) => [node.key, shapeOf(node, read)]));
  for (const [key, { width, height }] of shapes) graph.setNode(key, { width, height });
  const edges = picture.edges.filter(({ from, to }) => shapes.has(from) && shapes.has(to));
  for (const [i, { from, to }] of edges.entries()) graph.setEdge(from, to, {}, String(i));
  arrange(graph);

  const ranks = [...new Set(picture.nodes.map(({ key }) => Math.round(placeOf(graph, key).x)))].sort((a, b) => a - b);
  const boxes = picture.nodes.map((node): Box => {
    const { x, y, width, height } = placeOf(graph, node.key);
    const { rows, hidden } = shapes.get(node.key)!;
    const rank = ranks.indexOf(Math.round(x));
    return { node, x: x - width / 2, y: y - height / 2, width, height, rank, rows, hidden };
  });
  const boxOf = new Map(boxes.map((box) => [box.node.key, box]));
  const spans = ranks.map((_, rank) => spanOf(boxes.filter((box) => box.rank === rank)));
  const routes = edges.map((edge, i): Route => {
    const bends = (graph.edge(edge.from, edge.to, String(i)) as { points: readonly Point[] }).points.slice(1, -1);
    const start = boxOf.get(edge.from)!;
    const end = boxOf.get(edge.to)!;
    return {
      edge,
      points: [
        { x: start.x + start.width, y: start.y + rowAt(start, edge.column) },
        // Level where it passes other boxes.
        ...bends.flatMap(({ x, y }) => {
          const passed = spans.slice(start.rank + 1, end.rank).find(({ from, to }) => from <= x && x <= to);
          return passed === undefined ? [] : [passed.from, passed.to].map((at) => ({ x: at, y }));
        }),
        { x: end.x, y: end.y + (edge.to === "result" ? rowAt(end, edge.input) : HEAD / 2) },
      ],
    };
  });
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  return { width, height, boxes, routes };
}

/** What a rank takes of the width. */
function spanOf(boxes: readonly Box[]): { readonly from: number; readonly to: number } {
  return { from: Math.min(...boxes.map(({ x }) => x)), to: Math.max(...boxes.map(({ x, width }) => x + width)) };
}

function placeOf(graph: Graph, key: string): { readonly x: number; readonly y: number; width: number; height: number } {
  return graph.node(key) as { x: number; y: number; width: number; height: number };
}

function shapeOf(
  node: PictureNode,
  read: ReadonlySet<string>,
): Pick<Box, "rows" | "hidden"> & { readonly width: number; readonly height: number } {
  const columns = node.columns ?? [];
  const rows =
    columns.length <= MOST_ROWS
      ? columns
      : columns.filter(({ name }) => read.has(`${node.key}\n${name}`)).slice(0, MOST_ROWS);
  const hidden = columns.length - rows.length;
  const texts = [
    node.title.length + 2 * (node.isRestricted ? (node.domains?.length ?? 0) + 1 : 0),
    node.kind.length + (node.interval === "" ? 0 : node.interval.length + 3),
    ...rows.map(({ name, cell }) => name.length + cell.length + 3),
  ];
  const width = Math.min(WIDEST, Math.max(NARROWEST, Math.max(...texts) * CHARACTER + 2 * PAD));
  const height = HEAD + (rows.length + (hidden > 0 ? 1 : 0)) * ROW + (columns.length > 0 ? PAD : 0);
  return { rows, hidden, width, height };
}

/** The middle of a column's row; of the head for all columns and for those without a row. */
function rowAt({ rows }: Box, column: string | null): number {
  const row = rows.findIndex(({ name }) => name === column);
  return row < 0 ? HEAD / 2 : HEAD + ROW * row + ROW / 2;
}

/** A smooth line through points that leaves and arrives level. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  let at = first;
  for (const next of rest) {
    const bend = (next.x - at.x) / 2;
    if (next.y === at.y) path += `H${round(next.x)}`;
    else
      path += `C${round(at.x + bend)} ${round(at.y)} ${round(next.x - bend)} ${round(next.y)} ${round(next.x)} ${round(next.y)}`;
    at = next;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

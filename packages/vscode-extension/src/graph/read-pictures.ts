import type { GraphAnswer, GraphColumn, GraphEdge, GraphNode, GraphStrategy } from "@qmtl/lsp";
import {
  type ColumnRef,
  DOMAINS,
  type Picture,
  type PictureColumn,
  type PictureEdge,
  type PictureNode,
  RESULT,
} from "./picture.ts";

/** Where a node and its columns are written. */
export interface NodePlaces<L> {
  readonly key: string;
  readonly variable: string | null;
  readonly node: L | null;
  readonly columns: ReadonlyMap<string, L>;
}

export interface Drawn<L> {
  readonly picture: Picture;
  readonly places: readonly NodePlaces<L>[];
}

/** What the language server says of a file's strategies, cut into what is drawn and where it is written. */
export function picturesOf<L>({ strategies }: GraphAnswer<L>): readonly Drawn<L>[] {
  return strategies.map(drawn);
}

function drawn<L>(strategy: GraphStrategy<L>): Drawn<L> {
  const keys = keysOf(strategy.nodes);
  const keyOf = (id: number): string => keys.get(id) ?? String(id);
  const edges = strategy.edges.map((edge): PictureEdge => {
    const { from, to, input, column, window } = edge;
    return { from: keyOf(from), column, to: to === "result" ? RESULT : keyOf(to), input, window };
  });
  return {
    picture: {
      name: strategy.name ?? "a strategy without a literal name",
      nodes: [...strategy.nodes.map((node) => pictureNode(node, keyOf)), resultNode(strategy, keyOf)],
      edges,
      unknowns: strategy.unknowns.map(({ message }) => message),
    },
    places: strategy.nodes.map(({ id, variable, place, columns }) => ({
      key: keyOf(id),
      variable,
      node: place,
      columns: new Map(
        (columns ?? []).flatMap((column): [string, L][] =>
          column.place === null ? [] : [[column.name, column.place]],
        ),
      ),
    })),
  };
}

function keysOf(nodes: readonly GraphNode<unknown>[]): ReadonlyMap<number, string> {
  const taken = new Map<string, number>([[RESULT, 1]]);
  return new Map(
    nodes.map(({ id, variable, label }): [number, string] => {
      const name = variable ?? label;
      const count = (taken.get(name) ?? 0) + 1;
      taken.set(name, count);
      return [id, count === 1 ? name : `${name} ${count}`];
    }),
  );
}

function pictureNode(node: GraphNode<unknown>, keyOf: (id: number) => string): PictureNode {
  const { id, kind, label, variable, interval, scope, domains, warmUp, reachesResult, columns, place, runs } = node;
  return {
    key: keyOf(id),
    title: variable ?? label,
    kind: [
      ...new Set([kind === "user" ? "node" : kind, ...(variable === null || variable === label ? [] : [label])]),
    ].join(" · "),
    interval: [interval, scope === "market" ? "market" : null].filter(Boolean).join(", "),
    warmUp: warmUp === null ? "" : warmUpText(warmUp),
    domains: domains === "all" ? DOMAINS : domains,
    isRestricted: domains !== "all" && domains !== null,
    reachesResult,
    columns: columns?.map((column) => pictureColumn(column, keyOf)) ?? null,
    hasPlace: place !== null,
    runs,
  };
}

function pictureColumn({ name, cell, from }: GraphColumn<unknown>, keyOf: (id: number) => string): PictureColumn {
  return { name, cell, from: from?.map(({ node, column }) => ({ node: keyOf(node), column })) ?? null };
}

/** What is decided, with a column for each thing that it reads. */
function resultNode({ result, edges, nodes }: GraphStrategy<unknown>, keyOf: (id: number) => string): PictureNode {
  const columnsOf = ({ from, column }: GraphEdge): readonly ColumnRef[] => {
    if (column !== null) return [{ node: keyOf(from), column }];
    const all = nodes.find(({ id }) => id === from)?.columns ?? [];
    return all.map(({ name }) => ({ node: keyOf(from), column: name }));
  };
  return {
    key: RESULT,
    title: result === "unknown" ? "decision" : result,
    kind: result === "dataset" ? "dataset" : "decision",
    interval: "",
    warmUp: "",
    domains: DOMAINS,
    isRestricted: false,
    reachesResult: true,
    columns: edges
      .filter(({ to }) => to === "result")
      .map((edge) => ({ name: edge.input, cell: "", from: columnsOf(edge) })),
    hasPlace: false,
    runs: null,
  };
}

function warmUpText({ firstValid, settle }: { readonly firstValid: number; readonly settle: number | null }): string {
  const first = `${firstValid} ${firstValid === 1 ? "bar" : "bars"}`;
  if (settle === null) return `${first}, depends on the start of the data`;
  return settle > firstValid ? `${first}, settled after ${settle}` : first;
}

import type { ColumnRef, Picture, PictureColumn, PictureEdge } from "./picture.ts";

/** Where a column comes from and where it goes to, over all steps. */
export interface Lineage {
  /** Columns by {@link columnKey}; the column itself is in neither. */
  readonly upstream: ReadonlySet<string>;
  readonly downstream: ReadonlySet<string>;
  readonly upstreamEdges: ReadonlySet<PictureEdge>;
  readonly downstreamEdges: ReadonlySet<PictureEdge>;
}

export function columnKey({ node, column }: ColumnRef): string {
  return `${node}\n${column}`;
}

export function lineageOf(picture: Picture, of: ColumnRef): Lineage {
  const columns = new Map<string, PictureColumn & { readonly node: string }>();
  const readers = new Map<string, string[]>();
  for (const { key: node, columns: own } of picture.nodes)
    for (const column of own ?? []) {
      const key = columnKey({ node, column: column.name });
      columns.set(key, { ...column, node });
      for (const read of column.from ?? []) {
        const all = readers.get(columnKey(read));
        if (all === undefined) readers.set(columnKey(read), [key]);
        else all.push(key);
      }
    }
  const start = columnKey(of);
  const upstream = reach(start, (key) => (columns.get(key)?.from ?? []).map(columnKey));
  const downstream = reach(start, (key) => readers.get(key) ?? []);
  /** Edges over which a column of the second set reads one of the first. */
  const between = (sources: ReadonlySet<string>, targets: ReadonlySet<string>): ReadonlySet<PictureEdge> =>
    new Set(
      picture.edges.filter((edge) =>
        (picture.nodes.find(({ key }) => key === edge.to)?.columns ?? []).some(
          ({ name, from }) =>
            targets.has(columnKey({ node: edge.to, column: name })) &&
            (from ?? []).some(
              (read) =>
                read.node === edge.from &&
                (edge.column === null || edge.column === read.column) &&
                sources.has(columnKey(read)),
            ),
        ),
      ),
    );
  return {
    upstream,
    downstream,
    upstreamEdges: between(upstream, new Set([...upstream, start])),
    downstreamEdges: between(new Set([...downstream, start]), downstream),
  };
}

/** The columns that read a column. */
export function readersOf(picture: Picture, of: ColumnRef): readonly ColumnRef[] {
  return picture.nodes.flatMap(({ key: node, columns }) =>
    (columns ?? [])
      .filter(({ from }) => from?.some((read) => read.node === of.node && read.column === of.column) === true)
      .map(({ name }) => ({ node, column: name })),
  );
}

function reach(start: string, next: (key: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let key = open.pop(); key !== undefined; key = open.pop())
    for (const one of next(key))
      if (one !== start && !found.has(one)) {
        found.add(one);
        open.push(one);
      }
  return found;
}

import type { Picture, PictureEdge } from "./picture.ts";

/** How long the nodes of a picture computed in a run. */
export interface NodeTimes {
  /** In words: which run, and whether the code has changed since. */
  readonly of: string;
  /** Milliseconds by the node's place in the graph that ran. */
  readonly ms: Readonly<Record<number, number>>;
}

/** The way to the decision that took longest. */
export interface HotPath {
  /** From the data to the decision, by key. */
  readonly nodes: readonly string[];
  readonly edges: ReadonlySet<PictureEdge>;
  /** Of its nodes, and of all nodes that ran. */
  readonly ms: number;
  readonly total: number;
}

/** What a node took, and its share of all that was computed; `undefined` where it was not measured. */
export function timeOf(
  { runs }: Pick<Picture["nodes"][number], "runs">,
  { ms }: NodeTimes,
): { readonly ms: number; readonly share: number } | undefined {
  const own = runs === null ? undefined : ms[runs];
  const total = sum(Object.values(ms));
  return own === undefined ? undefined : { ms: own, share: total === 0 ? 0 : own / total };
}

/** Of several ways that took equally long, the one whose inputs are written first. */
export function hotPath({ nodes, edges }: Picture, times: NodeTimes): HotPath {
  const best = new Map<string, { readonly ms: number; readonly by: PictureEdge | undefined }>();
  // Inputs stand before their consumers.
  for (const node of nodes) {
    const own = timeOf(node, times)?.ms ?? 0;
    let [most, by]: [number, PictureEdge | undefined] = [0, undefined];
    for (const edge of edges) {
      const before = edge.to === node.key ? best.get(edge.from)?.ms : undefined;
      if (before !== undefined && (by === undefined || before > most)) [most, by] = [before, edge];
    }
    best.set(node.key, { ms: own + most, by });
  }
  const end = nodes.at(-1);
  const path: string[] = [];
  const taken = new Set<PictureEdge>();
  for (let key = end?.key; key !== undefined; ) {
    path.unshift(key);
    const by: PictureEdge | undefined = best.get(key)?.by;
    if (by !== undefined) taken.add(by);
    key = by?.from;
  }
  return {
    nodes: path,
    edges: taken,
    ms: end === undefined ? 0 : (best.get(end.key)?.ms ?? 0),
    total: sum(Object.values(times.ms)),
  };
}

/** `12.3 ms`, with as many digits as it takes to tell two nodes apart. */
export function msText(ms: number): string {
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`;
}

export function percentText(share: number): string {
  return share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

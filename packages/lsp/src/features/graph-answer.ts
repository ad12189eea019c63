/** What `qmtl/graph` answers. Null stands for what can't be told; `L` is how places are told. */
export interface GraphAnswer<L> {
  readonly strategies: readonly GraphStrategy<L>[];
}

export interface GraphStrategy<L> {
  readonly name: string | null;
  readonly place: L | null;
  /** Inputs before consumers. */
  readonly nodes: readonly GraphNode<L>[];
  readonly edges: readonly GraphEdge[];
  /** `targetWeights`, `targetPositions`, `orders`, `dataset` or `unknown`. */
  readonly result: string;
  readonly unknowns: readonly { readonly message: string; readonly place: L | null }[];
}

/** The domains that a node is restricted to. */
export type DomainList = readonly string[] | "all" | null;

export interface GraphNode<L> {
  readonly id: number;
  /** Its place in the graph that runs under the default params; null where it does not reach the result. */
  readonly runs: number | null;
  readonly kind: string;
  readonly label: string;
  /** The variable that it is declared as. */
  readonly variable: string | null;
  readonly place: L | null;
  readonly interval: string | null;
  readonly scope: "symbol" | "market" | null;
  readonly domains: DomainList;
  /** In bars of its own clock; `settle` is null for never. */
  readonly warmUp: { readonly firstValid: number; readonly settle: number | null } | null;
  readonly reachesResult: boolean;
  readonly columns: readonly GraphColumn<L>[] | null;
}

export interface GraphColumn<L> {
  readonly name: string;
  readonly cell: string;
  /** Where it is declared, if the author wrote it. */
  readonly place: L | null;
  /** The columns that it is made of. */
  readonly from: readonly { readonly node: number; readonly column: string }[] | null;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number | "result";
  readonly input: string;
  /** Null for a whole panel. */
  readonly column: string | null;
  /** The bars of a window. */
  readonly window: string | null;
}

/** The key of the node that stands for what a strategy decides. */
export const RESULT = "result";

export const DOMAINS = ["backtest", "dryrun", "live", "shadow"] as const;

export interface ColumnRef {
  /** Key of its node. */
  readonly node: string;
  readonly column: string;
}

/** A strategy's graph as the page draws it: plain data without places. */
export interface Picture {
  readonly name: string;
  /** Inputs before consumers; what is decided comes last. */
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  /** What could not be told, as sentences. */
  readonly unknowns: readonly string[];
}

export interface PictureNode {
  /** Its variable or its label, with a number where several have the same: an edit elsewhere leaves it alone. */
  readonly key: string;
  readonly title: string;
  readonly kind: string;
  /** Empty where it can't be told. */
  readonly interval: string;
  /** In words; empty where it can't be told. */
  readonly warmUp: string;
  /** Where it may run; null where it can't be told. */
  readonly domains: readonly string[] | null;
  /** The author left out a domain. */
  readonly isRestricted: boolean;
  readonly reachesResult: boolean;
  /** Null where they can't be told. */
  readonly columns: readonly PictureColumn[] | null;
  readonly hasPlace: boolean;
  /** Its place in the graph that runs under the default params; null where it has none or it can't be told. */
  readonly runs: number | null;
}

export interface PictureColumn {
  readonly name: string;
  readonly cell: string;
  /** Null where it can't be told. */
  readonly from: readonly ColumnRef[] | null;
}

export interface PictureEdge {
  readonly from: string;
  /** Null for all columns. */
  readonly column: string | null;
  readonly to: string;
  readonly input: string;
  /** Bars of a window. */
  readonly window: string | null;
}

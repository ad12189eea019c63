import type { Cell, Fold, Interval } from "@qmtl/core/static";
import type { NodeFact, Unknown } from "./facts.ts";

/** A thing that the facts tell, or why they do not. */
export type Known<T> = T | Unknown;

export type Constant = number | boolean | string;

/** What one input reads. `node` is an index into `StaticGraph.nodes`. */
export type StaticRead =
  | { readonly kind: "column"; readonly node: number; readonly column: string }
  | { readonly kind: "panel"; readonly node: number }
  | { readonly kind: "window"; readonly bars: Known<number>; readonly node: number; readonly column: string }
  | { readonly kind: "window-panel"; readonly bars: Known<number>; readonly node: number }
  | { readonly kind: "label"; readonly node: number; readonly column: string }
  | { readonly kind: "constant"; readonly value: Known<Constant> };

export interface StaticInput {
  readonly name: string;
  readonly read: Known<StaticRead>;
}

export interface StaticColumn {
  readonly name: string;
  readonly cell: Known<Cell>;
}

/** Rows of a node's own clock, counted from the first row where all its inputs are valid. */
export interface WarmUp {
  /** Before the first valid output. */
  readonly firstValid: number;
  /** After which the start of the data is forgotten; `Infinity` for never. */
  readonly settle: number;
}

/** What a node says beside its inputs, by kind. */
export type StaticOptions =
  | {
      readonly kind: "stream";
      readonly schema: Known<string>;
      readonly tags: Known<readonly Known<string>[]>;
      readonly match: Known<Constant>;
      readonly gaps: Known<Constant> | undefined;
      readonly prices: Known<Constant>;
    }
  | {
      readonly kind: "user" | "cross-section" | "aggregate";
      readonly name: Known<Constant>;
      readonly state: boolean;
      readonly warmup: Known<Constant> | undefined;
      readonly domains: Known<readonly Known<string>[]> | undefined;
    }
  | {
      readonly kind: "kernel" | "cross-kernel";
      readonly builder: string;
      readonly kernel: string;
      readonly params: Readonly<Record<string, Known<Constant>>>;
    }
  | {
      readonly kind: "plugin";
      readonly module: string;
      readonly builder: string;
      readonly mutability: "pure" | "stateful";
      readonly warmup: Known<Constant> | undefined;
      readonly domains: Known<readonly Known<string>[]> | undefined;
    }
  | { readonly kind: "pick"; readonly symbol: Known<Constant> }
  | {
      readonly kind: "resample";
      readonly direction: Known<"longer" | "shorter">;
      readonly fold: Known<Readonly<Record<string, Fold>>>;
    }
  | { readonly kind: "align"; readonly maxAge: Known<Constant> }
  | { readonly kind: "cast"; readonly to: Known<Cell> }
  | { readonly kind: "bar-time" }
  | { readonly kind: "rng"; readonly seed: Known<Constant> }
  | {
      readonly kind: "label";
      readonly label: string;
      readonly bars: Known<Constant>;
      readonly options: Readonly<Record<string, Known<Constant>>>;
    };

export interface StaticNode {
  readonly index: number;
  /** What it was read from. */
  readonly fact: NodeFact;
  readonly options: StaticOptions;
  readonly inputs: Known<readonly StaticInput[]>;
  readonly output: Known<readonly StaticColumn[]>;
  readonly interval: Known<Interval>;
  readonly scope: Known<"symbol" | "market">;
  readonly warmUp: Known<WarmUp>;
}

export interface StaticNamedRead {
  readonly name: string;
  readonly read: Known<StaticRead>;
}

export interface StaticTrade {
  readonly columns: readonly StaticNamedRead[];
  readonly expire: Known<Constant> | undefined;
  readonly auction: Known<Constant> | undefined;
  readonly timeInForce: Known<Constant> | undefined;
}

export type StaticResult =
  | {
      readonly kind: "targetWeights" | "targetPositions";
      /** One read named `""` for a symbol column, one per symbol otherwise. */
      readonly targets: Known<readonly StaticNamedRead[]>;
    }
  | {
      readonly kind: "orders";
      readonly long: Known<StaticTrade> | undefined;
      readonly short: Known<StaticTrade> | undefined;
    }
  | {
      readonly kind: "dataset";
      readonly name: Known<Constant>;
      readonly features: Known<readonly StaticNamedRead[]>;
      readonly labels: Known<readonly StaticNamedRead[]>;
    };

/** The graph of a strategy under given params, as far as its text tells it: what runs, in the order in which it runs. */
export interface StaticGraph {
  /** Every node that is known to reach the result, inputs before consumers. */
  readonly nodes: readonly StaticNode[];
  readonly result: Known<StaticResult>;
  /** Everything in it that is unknown; empty when it is the whole graph. */
  readonly unknowns: readonly Unknown[];
}

export function isUnknown(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "unknown";
}

import type { Cell, Columns } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Fold } from "../schema/schema.ts";
import type { Domain, Scope } from "./column.ts";
import type { CrossKernel, Kernel, KernelParams } from "./kernel.ts";

/** One column of the node with this index. */
export interface ColumnRef {
  readonly node: number;
  readonly column: string;
}

export type Constant = number | boolean | string;

/** What one named input of a node reads. */
export type InputRef =
  | { readonly kind: "column"; readonly ref: ColumnRef }
  | { readonly kind: "panel"; readonly node: number; readonly columns: readonly string[] }
  | { readonly kind: "window"; readonly bars: number; readonly ref: ColumnRef }
  | { readonly kind: "window-panel"; readonly bars: number; readonly node: number; readonly columns: readonly string[] }
  | { readonly kind: "constant"; readonly value: Constant };

export interface NodeInput {
  readonly name: string;
  readonly read: InputRef;
}

interface NodeBase {
  /** Its place in `StrategyGraph.nodes`; inputs have smaller ones. */
  readonly index: number;
  readonly inputs: readonly NodeInput[];
  readonly output: Columns;
  readonly interval: Interval;
  readonly scope: Scope;
}

/** Reads the world's data. */
export interface StreamNode extends NodeBase {
  readonly kind: "stream";
  readonly schema: {
    readonly id: string;
    readonly columns: Columns;
    readonly fold: Readonly<Record<string, Fold | undefined>>;
  };
  /** Sorted, without duplicates. */
  readonly tags: readonly string[];
  readonly match: "any" | "all";
  /** Absent: the preset says. */
  readonly gaps: "refuse" | "mark" | "absent" | undefined;
  /** Forward-adjusted by corporate actions, or as quoted. */
  readonly prices: "adjusted" | "raw";
}

/** A kernel of the standard library or of a package, mapped over symbols. */
export interface KernelNode extends NodeBase {
  readonly kind: "kernel";
  readonly kernel: Kernel;
  readonly params: KernelParams;
}

/** A kernel across the symbols of one bar. */
export interface CrossKernelNode extends NodeBase {
  readonly kind: "cross-kernel";
  readonly kernel: CrossKernel;
  readonly params: KernelParams;
}

// biome-ignore lint/suspicious/noExplicitAny: the author's function; its shape was checked by NodeSpec
export type UserFunction = (...args: any[]) => unknown;

/** A computation of the author's, mapped over symbols. */
export interface UserNode extends NodeBase {
  readonly kind: "user";
  readonly name: string;
  readonly compute: UserFunction;
  readonly state: UserFunction | undefined;
  readonly warmup: number | undefined;
  readonly domains: readonly Domain[] | undefined;
}

/** The author's comparison of the symbols of one bar. */
export interface CrossSectionNode extends NodeBase {
  readonly kind: "cross-section";
  readonly name: string;
  readonly compute: UserFunction;
  readonly domains: readonly Domain[] | undefined;
}

/** The author's fold of the symbols of one bar into market-wide columns. */
export interface AggregateNode extends NodeBase {
  readonly kind: "aggregate";
  readonly name: string;
  readonly compute: UserFunction;
}

/** One named symbol of a panel, market-wide. */
export interface PickNode extends NodeBase {
  readonly kind: "pick";
  readonly symbol: string;
}

/** The input on another clock. Longer: folded per column, emitted when the bar is complete. Shorter: the last complete value. */
export interface ResampleNode extends NodeBase {
  readonly kind: "resample";
  readonly direction: "longer" | "shorter";
  readonly fold: Readonly<Record<string, Fold>>;
}

/** The input's last value at or before each stamp of the input named `to`, not older than `maxAge` bars of that clock. */
export interface AlignNode extends NodeBase {
  readonly kind: "align";
  readonly maxAge: number;
}

/** The same numbers declared as another cell. */
export interface CastNode extends NodeBase {
  readonly kind: "cast";
  readonly to: Cell;
}

/** The end of each bar, in seconds. */
export interface BarTimeNode extends NodeBase {
  readonly kind: "bar-time";
}

/** Uniform numbers in [0, 1), a function of seed, symbol and bar. */
export interface RngNode extends NodeBase {
  readonly kind: "rng";
  readonly seed: number;
}

/** A value that is known only later; it reaches datasets alone. */
export type LabelNode = NodeBase & {
  readonly kind: "label";
  /** The most bars after which it is known. */
  readonly bars: number;
} & (
    | { readonly label: "forward-return" }
    | {
        readonly label: "triple-barrier";
        /** Multiples of the input named `volatility`. */
        readonly profit: number;
        readonly loss: number;
        readonly side: "long" | "short";
        /** Of entry and exit together, as a fraction. */
        readonly cost: number;
      }
  );

export type GraphNode =
  | StreamNode
  | KernelNode
  | CrossKernelNode
  | UserNode
  | CrossSectionNode
  | AggregateNode
  | PickNode
  | ResampleNode
  | AlignNode
  | CastNode
  | BarTimeNode
  | RngNode
  | LabelNode;

export type TargetRef =
  /** A symbol column: every symbol of the universe that has it. */
  | { readonly kind: "panel"; readonly ref: ColumnRef }
  /** Market columns by symbol: those symbols and no others. */
  | { readonly kind: "per-symbol"; readonly columns: Readonly<Record<string, ColumnRef>> };

export interface TradeSpec {
  readonly enter: ColumnRef;
  readonly exit: ColumnRef | undefined;
  readonly size:
    | { readonly kind: "constant"; readonly value: number; readonly unit: "fraction" }
    | { readonly kind: "column"; readonly ref: ColumnRef; readonly unit: "fraction" | "quantity" };
  /** The worst price that an entry takes. */
  readonly limit: ColumnRef | undefined;
  /** The price that sets an entry off. */
  readonly trigger: ColumnRef | undefined;
  readonly stop: ColumnRef | undefined;
  readonly takeProfit: ColumnRef | undefined;
  /** How far a trailing stop stays behind the best price. */
  readonly trail: ColumnRef | undefined;
  readonly expire: number | undefined;
  /** The session's auction for entries and exits; absent: the next open. */
  readonly at: "open" | "close" | undefined;
  /** How long an entry waits; absent: until it is filled or withdrawn. */
  readonly timeInForce: "day" | "gtc" | "gtd" | "ioc" | "fok" | undefined;
  /** For `gtd`: the instant, in seconds since 1970. */
  readonly until: ColumnRef | undefined;
}

export type DecisionSpec =
  | { readonly kind: "targetWeights" | "targetPositions"; readonly interval: Interval; readonly target: TargetRef }
  | {
      readonly kind: "orders";
      readonly interval: Interval;
      readonly long: TradeSpec | undefined;
      readonly short: TradeSpec | undefined;
    };

export interface DatasetSpec {
  readonly kind: "dataset";
  readonly name: string;
  readonly interval: Interval;
  readonly features: Readonly<Record<string, ColumnRef>>;
  readonly labels: Readonly<Record<string, ColumnRef>>;
}

/** A strategy as data: every node that reaches the result, inputs before consumers. */
export interface StrategyGraph {
  readonly nodes: readonly GraphNode[];
  readonly result: DecisionSpec | DatasetSpec;
}

import type { Cell } from "@qmtl/core/static";

/** Index into `ModuleFacts.spans`. */
export type At = number;

/** A place in a file: 1-based lines and columns (UTF-16 units), the end exclusive. */
export interface Place {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export interface Span extends Place {
  /** The place of the syntax in its file, in reading order; it stays the same while the file's shape does. */
  readonly ordinal: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Why something could not be read. Unknown is never an error, and never a pass. */
export interface Cause {
  readonly code: CauseCode;
  /** One sentence for people. */
  readonly message: string;
  /** What was asked for, and what there is instead: of columns, properties and params. */
  readonly choice?: { readonly wanted: string; readonly among: readonly string[] };
}

export type CauseCode =
  /** The value is made by a call of the author's own function. */
  | "helper-call"
  /** A function parameter, a caught error, a loop variable. */
  | "not-constant"
  /** A variable that is assigned again, or declared by `var`. */
  | "reassigned"
  /** An object or array that something may change after it was written. */
  | "mutated"
  | "conditional"
  | "loop"
  | "computed-name"
  | "spread"
  | "dynamic-access"
  | "no-such-property"
  | "no-such-column"
  /** An indicator reads it of a panel that does not have it. */
  | "missing-column"
  | "no-such-param"
  | "no-such-export"
  | "unresolved-import"
  /** A package whose builders are not described as data. */
  | "package"
  | "missing"
  | "cycle"
  /** A builder refuses these arguments; the graph does not build. */
  | "refused"
  /** Another kind of thing stands where this one is expected. */
  | "unexpected"
  | "syntax";

export interface Unknown {
  readonly kind: "unknown";
  readonly cause: Cause;
  readonly at: At;
}

export type Operator = "+" | "-" | "*" | "/" | "%" | "**" | "negate" | "concat" | MathFunction;
export type MathFunction = "max" | "min" | "round" | "floor" | "ceil" | "trunc" | "abs" | "sign";

/** A constant of the graph: known, a function of the params, or unknown. */
export type Term =
  | { readonly kind: "literal"; readonly value: number | string | boolean; readonly at: At }
  /** The numbers that JSON lacks. */
  | { readonly kind: "special"; readonly value: "NaN" | "Infinity" | "-Infinity" | "-0"; readonly at: At }
  | { readonly kind: "param"; readonly name: string; readonly at: At }
  | { readonly kind: "operation"; readonly operator: Operator; readonly of: readonly Term[]; readonly at: At }
  | Unknown;

export type ListFact = { readonly kind: "list"; readonly items: readonly Term[]; readonly at: At } | Unknown;

export interface ColumnFact {
  readonly name: string;
  readonly cell: CellFact;
}

export type CellFact = { readonly kind: "cell"; readonly cell: Cell; readonly at: At } | Unknown;

export type OutputFact =
  | { readonly kind: "output"; readonly columns: readonly ColumnFact[]; readonly at: At }
  | Unknown;

export type SchemaFact =
  | {
      readonly kind: "schema";
      readonly id: string;
      readonly fold: Readonly<Record<string, string>>;
      readonly at: At;
    }
  | Unknown;

/** What an input reads. `node` is an index into `StrategyFacts.nodes`. */
export type ReadFact =
  | { readonly kind: "column"; readonly node: number; readonly column: string; readonly at: At }
  | { readonly kind: "panel"; readonly node: number; readonly at: At }
  | { readonly kind: "window"; readonly bars: Term; readonly node: number; readonly column: string; readonly at: At }
  | { readonly kind: "window-panel"; readonly bars: Term; readonly node: number; readonly at: At }
  /** A label: datasets take it, nodes and decisions refuse it. */
  | { readonly kind: "label"; readonly node: number; readonly column: string; readonly at: At }
  | { readonly kind: "constant"; readonly value: Term; readonly at: At }
  | Unknown;

export interface InputFact {
  readonly name: string;
  readonly read: ReadFact;
}

export type InputsFact = { readonly kind: "inputs"; readonly inputs: readonly InputFact[]; readonly at: At } | Unknown;

export type FunctionFact = { readonly kind: "function"; readonly at: At } | Unknown;

export type ScopeFact = { readonly kind: "scope"; readonly scope: "symbol" | "market" } | Unknown;

interface NodeFactBase {
  /** Its place in `StrategyFacts.nodes`; inputs have smaller ones. */
  readonly index: number;
  /** The call that makes it. */
  readonly at: At;
  readonly inputs: InputsFact;
  readonly output: OutputFact;
  readonly interval: Term;
  readonly scope: ScopeFact;
}

export interface StreamFact extends NodeFactBase {
  readonly kind: "stream";
  readonly schema: SchemaFact;
  readonly tags: ListFact;
  readonly match: Term;
  /** Absent: the world's preset says it. */
  readonly gaps?: Term;
  readonly prices: Term;
}

/** `node()`, `crossSection()`, `aggregate()`. */
export interface ComputeFact extends NodeFactBase {
  readonly kind: "user" | "cross-section" | "aggregate";
  readonly name: Term;
  readonly compute: FunctionFact;
  /** Absent where there is none. */
  readonly state?: FunctionFact;
  readonly warmup?: Term;
  readonly domains?: ListFact;
}

export interface KernelFact extends NodeFactBase {
  readonly kind: "kernel" | "cross-kernel";
  /** As it is written: `sma`, `cross.rank`. */
  readonly builder: string;
  readonly kernel: string;
  readonly params: Readonly<Record<string, Term>>;
}

export interface PickFact extends NodeFactBase {
  readonly kind: "pick";
  readonly symbol: Term;
}

export interface ResampleFact extends NodeFactBase {
  readonly kind: "resample";
  /** The fold that was asked for; absent: `"last"` for a column, the stream's own for a panel. */
  readonly fold?: Term;
}

export interface AlignFact extends NodeFactBase {
  readonly kind: "align";
  readonly maxAge: Term;
}

export interface CastFact extends NodeFactBase {
  readonly kind: "cast";
  readonly to: CellFact;
}

export interface BarTimeFact extends NodeFactBase {
  readonly kind: "bar-time";
}

export interface RngFact extends NodeFactBase {
  readonly kind: "rng";
  readonly seed: Term;
}

export interface LabelFact extends NodeFactBase {
  readonly kind: "label";
  readonly label: "forward-return" | "triple-barrier";
  readonly bars: Term;
  /** `profit`, `loss`, `side` and `cost` of barriers. */
  readonly options: Readonly<Record<string, Term>>;
}

/** What a builder of a plugin package makes, by what its manifest says: one node here, some of the package's own when it runs. */
export interface PluginFact extends NodeFactBase {
  readonly kind: "plugin";
  /** The module that exports the builder, and its name there. */
  readonly module: string;
  readonly builder: string;
  readonly description: string;
  readonly returns: "column" | "panel";
  readonly causality: "causal" | "delayed";
  readonly mutability: "pure" | "stateful";
  readonly actuation: "none" | "order";
  /** Absent: everywhere. */
  readonly domains?: ListFact;
  /** Absent: it can't be told. */
  readonly warmup?: Term;
}

export type NodeFact =
  | StreamFact
  | ComputeFact
  | KernelFact
  | PickFact
  | ResampleFact
  | AlignFact
  | CastFact
  | BarTimeFact
  | RngFact
  | LabelFact
  | PluginFact;

export interface NamedRead {
  readonly name: string;
  readonly read: ReadFact;
}

export type NamedReads = { readonly kind: "reads"; readonly reads: readonly NamedRead[]; readonly at: At } | Unknown;

export type TradeFact =
  | {
      readonly kind: "trade";
      readonly at: At;
      /** By option: enter, exit, limit, trigger, stop, takeProfit, trail, until, size. A number as `size` is a constant. */
      readonly columns: readonly NamedRead[];
      readonly expire?: Term;
      /** The option `at`. */
      readonly auction?: Term;
      readonly timeInForce?: Term;
    }
  | Unknown;

export type ResultFact =
  | { readonly kind: "targetWeights" | "targetPositions"; readonly at: At; readonly target: ReadFact | NamedReads }
  | { readonly kind: "orders"; readonly at: At; readonly long?: TradeFact; readonly short?: TradeFact }
  | {
      readonly kind: "dataset";
      readonly at: At;
      readonly name: Term;
      readonly features: NamedReads;
      readonly labels: NamedReads;
    }
  | Unknown;

export type ParamFact =
  | {
      readonly kind: "int" | "float";
      readonly name: string;
      readonly at: At;
      readonly default: Term;
      readonly min: Term;
      readonly max: Term;
      readonly step?: Term;
    }
  | { readonly kind: "choice"; readonly name: string; readonly at: At; readonly default: Term; readonly of: ListFact }
  | { readonly kind: "unknown"; readonly name: string; readonly at: At; readonly cause: Cause };

export type ParamsFact = { readonly kind: "params"; readonly params: readonly ParamFact[] } | Unknown;

export interface StrategyFacts {
  /** The names under which the file exports it; `"default"` among them for what a submission runs. */
  readonly exported: readonly string[];
  readonly at: At;
  readonly name: Term;
  readonly params: ParamsFact;
  /** In the order in which they are written; those that do not reach the result too. */
  readonly nodes: readonly NodeFact[];
  readonly result: ResultFact;
  /** Everything that could not be read, in reading order, each place once. */
  readonly unread: readonly Unknown[];
}

export interface FileFacts {
  readonly path: string;
  /** Equal while only comments, formatting, or code inside `compute` and `state` changes. */
  readonly shape: string;
  /** Where the file does not parse. A strategy of such a file is read as far as the parser recovers. */
  readonly syntaxErrors: readonly SyntaxProblem[];
  /** Relative imports that lead to no file. */
  readonly unresolved: readonly string[];
}

export interface SyntaxProblem {
  readonly message: string;
  readonly start: Position;
  readonly end: Position;
}

/** What is known of a strategy file and of the files it links, as JSON. */
export interface ModuleFacts {
  readonly entry: string;
  /** The entry first, then the files it imports, in the order in which they are met. */
  readonly files: readonly FileFacts[];
  readonly strategies: readonly StrategyFacts[];
  /** What the default export is: an index into `strategies`. */
  readonly default: { readonly kind: "strategy"; readonly index: number } | Unknown;
  readonly spans: readonly Span[];
}

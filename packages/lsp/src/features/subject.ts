import type { GraphEvaluation, ModuleReading, NodeFact, Place } from "../facts/index.ts";

/** What a word of a file stands for. `strategy` is an index into the strategies of a reading, -1 for none. */
export type Subject =
  | { readonly kind: "node"; readonly strategy: number; readonly node: number }
  | { readonly kind: "column"; readonly strategy: number; readonly node: number; readonly column: string }
  | { readonly kind: "input"; readonly strategy: number; readonly node: number; readonly input: string }
  | { readonly kind: "param"; readonly strategy: number; readonly param: string }
  /** An export of the library. */
  | { readonly kind: "builder"; readonly specifier: string; readonly name: string }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "symbol"; readonly symbol: string }
  /** Of world files. */
  | { readonly kind: "metric"; readonly metric: string }
  | { readonly kind: "preset"; readonly preset: string }
  | { readonly kind: "plugin"; readonly plugin: "evaluator" | "allocator"; readonly use: string };

/** A word that stands for a subject. */
export interface Mark {
  readonly subject: Subject;
  /** Equal for the same subject, whichever file is read from. */
  readonly key: string;
  readonly role: "definition" | "read" | "write";
  readonly place: Place;
  /** The word is the subject's own name, and no variable that holds it. */
  readonly named: boolean;
  /** As it is written. */
  readonly text: string;
  /** It stands between quotes, or where none are needed. The place is what is between them. */
  readonly quoted: boolean;
  /** The word is also a variable (`{ weight }`): another name is written beside it. */
  readonly shorthand: boolean;
  /** The subject is asked for by this name here, and not by a word that could be another. */
  readonly fixed?: true;
}

/** Where the nodes of a subject are found. */
export function contextOf(reading: ModuleReading, strategy: number, outside: () => GraphEvaluation): GraphEvaluation {
  return reading.strategies[strategy] ?? outside();
}

/** True for nodes that are one column, so that a variable which holds the column holds the node. */
export function isOneColumn(fact: NodeFact): boolean {
  switch (fact.kind) {
    case "kernel":
    case "cross-kernel":
      return fact.output.kind === "output" && fact.output.columns.length === 1;
    case "plugin":
      return fact.returns === "column";
    case "cast":
    case "bar-time":
    case "rng":
      return true;
    case "resample":
    case "align":
      return fact.inputs.kind === "inputs" && fact.inputs.inputs[0]?.read.kind === "column";
    default:
      return false;
  }
}

/** What a node is called: its name, or the builder that made it. */
export function labelOf(fact: NodeFact): string {
  switch (fact.kind) {
    case "user":
    case "cross-section":
    case "aggregate":
      return fact.name.kind === "literal" ? String(fact.name.value) : fact.kind;
    case "kernel":
    case "cross-kernel":
    case "plugin":
      return fact.builder;
    case "label":
      return fact.label === "forward-return" ? "forwardReturn" : "tripleBarrier";
    case "bar-time":
      return "barTime";
    default:
      return fact.kind;
  }
}

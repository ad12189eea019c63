/** What a guard found. `fail`: the evidence is void. `doubt`: it can't carry a promotion. `note`: a reader should know. */
export type GuardSeverity = "fail" | "doubt" | "note";

export type GuardKind =
  /** A value of a bar changes with bars that come after it. */
  | "look-ahead"
  /** The same bars give other values when they are computed once more. */
  | "unrepeatable"
  /** A value changes where history starts later, beyond what the node's memory explains. */
  | "start"
  /** A bar that had been published was changed later. */
  | "restated"
  /** A symbol's history was not there when it happened. */
  | "survivor"
  /** Code carries values by date, and nothing says when they were known. */
  | "dated-table"
  /** A decision turns on the last digits of a number. */
  | "tie"
  /** The profit does not survive doubled fees and slippage. */
  | "costs"
  /** The profit comes from few days. */
  | "concentration";

/** What is wrong, where, and by which values. */
export interface GuardFinding {
  readonly kind: GuardKind;
  readonly severity: GuardSeverity;
  /** A sentence without a trailing full stop. */
  readonly message: string;
  readonly hint: string;
  /** Index of the node in the graph, and what it is called. */
  readonly index?: number;
  readonly node?: string;
  /** The node's output, or the stream's column. */
  readonly column?: string;
  /** The source column whose later bars were read. */
  readonly input?: string;
  readonly symbol?: string;
  /** End of the first bar concerned, ms UTC. */
  readonly bar?: number;
  /** What the bar held, by the circumstances under which it did; `null` for no value. */
  readonly values?: Readonly<Record<string, GuardValue>>;
  readonly place?: { readonly file: string; readonly line: number; readonly column?: number };
}

export type GuardValue = number | string | boolean | null;

/** The rule under which a finding is shown, for example `guard.prefix`. */
export const GUARD_RULES: Readonly<Record<GuardKind, string>> = {
  "look-ahead": "guard.prefix",
  unrepeatable: "guard.repeat",
  start: "guard.start",
  restated: "guard.restated",
  survivor: "guard.survivor",
  "dated-table": "guard.dated-table",
  tie: "guard.ties",
  costs: "guard.costs",
  concentration: "guard.concentration",
};

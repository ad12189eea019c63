/** What the import found in the rows of a series. Plain JSON. */
export interface SeriesReport {
  readonly symbol: string;
  readonly rows: { readonly read: number; readonly kept: number };
  /** Ends of the first and the last bar. */
  readonly span: { readonly first: number; readonly last: number };
  readonly findings: readonly Finding[];
}

export type FindingKind =
  /** The rows ran from the newest to the oldest and were turned round. */
  | "reversed"
  /** A row that repeats the one before it in every cell; dropped. */
  | "duplicate"
  /** A row that came in after that of its bar, or of a later one; left out, for what was done without it is not revised. */
  | "late"
  /** A cell that was infinite; it holds no value now. */
  | "non-finite"
  /** A row that has no value in some column. */
  | "hole"
  /** A bar whose high or low does not bound its open and close. */
  | "bounds"
  /** A bar that the calendar expects and the series lacks. */
  | "gap";

export interface Finding {
  readonly kind: FindingKind;
  /** Rows (slots for `gap`, cells for `non-finite`). */
  readonly count: number;
  /** The first few. */
  readonly examples: readonly FindingExample[];
}

interface FindingExample {
  /** The end of the bar. */
  readonly bar: number;
  readonly file?: string;
  readonly line?: number;
  readonly column?: string;
  /** A clause for people. */
  readonly detail: string;
}

/** Collects findings, keeping at most five examples of each kind. */
export interface Findings {
  add(kind: FindingKind, example: () => FindingExample): void;
  list(): Finding[];
}

const EXAMPLES = 5;

export function collectFindings(): Findings {
  const found = new Map<FindingKind, { count: number; examples: FindingExample[] }>();
  return {
    add(kind, example) {
      let entry = found.get(kind);
      if (entry === undefined) {
        entry = { count: 0, examples: [] };
        found.set(kind, entry);
      }
      entry.count++;
      if (entry.examples.length < EXAMPLES) entry.examples.push(example());
    },
    list: () => Array.from(found, ([kind, { count, examples }]) => ({ kind, count, examples })),
  };
}

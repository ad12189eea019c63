import type { Place } from "../facts/index.ts";

export type Severity = "error" | "warning" | "info" | "hint";

/** What a rule, or the engine, has to say about one place. Plain data. */
export interface Finding {
  /** `D101`; stable. */
  readonly code: string;
  /** `domain-order-in-shadow`; stable. */
  readonly slug: string;
  readonly severity: Severity;
  /** One sentence without its full stop. */
  readonly message: string;
  /** What to do now. */
  readonly next?: string;
  /** The smallest text that is wrong. */
  readonly place: Place;
  /** The other ends of it. */
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  /** 0: one file's syntax. 1: the graph, with worlds and plugins. 2: types. */
  readonly tier: 0 | 1 | 2;
  /** TypeScript reports it too: an editor in which TypeScript is at work shows only the fixes. */
  readonly provenByTypes: boolean;
  /** Shown faded. */
  readonly unnecessary: boolean;
  /** What the message is about, for programs. */
  readonly data: Readonly<Record<string, string>>;
  /** Set where a comment in the file suppresses it. */
  readonly suppressed?: { readonly reason: string };
}

export interface RelatedPlace {
  readonly message: string;
  readonly place: Place;
}

export interface Fix {
  /** `Change to "close"`. */
  readonly title: string;
  /** Of one or several files; they do not overlap. */
  readonly edits: readonly TextEdit[];
  /** Keeps the meaning that the author can only have had: applied by `--fix` and fix-all. The others are offered one by one. */
  readonly isSafe: boolean;
}

export interface TextEdit {
  readonly place: Place;
  readonly text: string;
}

import type { TypeProblem } from "../types/problem.ts";

/** What the worker begins with. */
export interface TypesWorkerData {
  /** TypeScript's own files in one, compressed: their texts by name. */
  readonly library: string;
  /** The number of the last question that nobody waits for any more. */
  readonly cancelled: SharedArrayBuffer;
}

/** Paths are absolute, with `/`. */
export interface TypesQuestion {
  /** Counts up. */
  readonly number: number;
  /** Of the project. */
  readonly folder: string;
  readonly path: string;
  /** What the editor holds now; `null` for what it holds no more. Those that were not named before are as they were. */
  readonly documents: readonly (readonly [path: string, text: string | null])[];
}

export interface TypesAnswer {
  readonly number: number;
  /** Undefined when it was cancelled. */
  readonly problems: readonly TypeProblem[] | undefined;
}

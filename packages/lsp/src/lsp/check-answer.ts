/** What `qmtl/check` answers: everything that is open was looked at, and its diagnostics were published. */
export interface CheckAnswer {
  /** Strategies, worlds and what they import. */
  readonly files: number;
  /** Findings that no comment suppresses, those included that are left to TypeScript in the editor. */
  readonly counts: { readonly error: number; readonly warning: number; readonly info: number; readonly hint: number };
  /** `2 errors, 1 warning in 14 files`. */
  readonly summary: string;
  /** The files with the most errors first, at most ten. */
  readonly worst: readonly { readonly uri: string; readonly errors: number; readonly warnings: number }[];
}

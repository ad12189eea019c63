/** Raised whenever any guard may find something else in the same run. Part of the EvalKey. */
export const GUARDS_VERSION = "guards/2";

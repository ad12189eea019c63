/** Used by tests alone; the package has no types. Everything is counted from 1, and `columns` has a row per variable. */
declare module "quadprog" {
  export function solveQP(
    matrix: readonly (readonly number[])[],
    linear: readonly number[],
    columns: readonly (readonly number[])[],
    bounds: readonly number[],
    equalities: number,
  ): { readonly solution: readonly number[]; readonly message: string };
}

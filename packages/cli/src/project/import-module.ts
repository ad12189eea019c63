/** A module of its own: `import()` works only in what Node itself has loaded, which a bundle that was compiled ahead is not. */
export function importModule(url: string): Promise<unknown> {
  return import(url);
}

import type { Finding } from "../rules/index.ts";

/** The order of the text; of several at one place, that of their codes. Within one file. */
export function byPlace(a: Finding, b: Finding): number {
  const { start: x } = a.place;
  const { start: y } = b.place;
  return x.line - y.line || x.column - y.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
}

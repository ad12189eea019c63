import type { NodePlaces } from "./read-pictures.ts";

/** As the Language Server Protocol says it: lines and UTF-16 units from 0. */
export interface WirePosition {
  readonly line: number;
  readonly character: number;
}

export interface WireLocation {
  readonly uri: string;
  readonly range: { readonly start: WirePosition; readonly end: WirePosition };
}

/**
 * The node that a caret stands in: what is called by the word under it, else the innermost node whose text holds it.
 *
 * @param word the identifier at the caret, if it is one
 */
export function nodeAt(
  places: readonly NodePlaces<WireLocation>[],
  at: { readonly uri: string; readonly position: WirePosition; readonly word: string | undefined },
): { readonly node: string; readonly column: string | null } | undefined {
  const named = places.find(({ variable }) => variable !== null && variable === at.word);
  if (named !== undefined) return { node: named.key, column: null };
  const holding = places.filter(({ node }) => node !== null && holds(node, at));
  const [first, ...others] = holding;
  if (first === undefined) return undefined;
  const inner = others.reduce((best, one) => (size(one.node) < size(best.node) ? one : best), first);
  const column = [...inner.columns].find(([, place]) => holds(place, at));
  return { node: inner.key, column: column?.[0] ?? null };
}

function holds({ uri, range }: WireLocation, at: { readonly uri: string; readonly position: WirePosition }): boolean {
  return uri === at.uri && compare(range.start, at.position) <= 0 && compare(at.position, range.end) <= 0;
}

function compare(a: WirePosition, b: WirePosition): number {
  return a.line - b.line || a.character - b.character;
}

/** Places that hold the same caret are nested: the one that begins last is the innermost, then the one that ends first. */
function size(place: WireLocation | null): number {
  if (place === null) return Number.POSITIVE_INFINITY;
  const { start, end } = place.range;
  return (end.line - start.line) * 1e6 + end.character - start.character;
}

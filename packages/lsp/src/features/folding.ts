import type { View } from "./view.ts";

/** Lines from 1; both are kept, what is between them is folded away. */
export interface FoldingRange {
  readonly from: number;
  readonly to: number;
}

/** Strategies and the calls that make nodes. */
export function foldingRangesOf(view: View): readonly FoldingRange[] {
  const { facts } = view.reading;
  const ranges = new Map<string, FoldingRange>();
  for (const { at, nodes } of facts.strategies)
    for (const place of [at, ...nodes.map((node) => node.at)]) {
      const span = facts.spans[place];
      // The last line stays, so that the closing bracket does.
      if (span === undefined || span.file !== view.path || span.end.line - span.start.line < 2) continue;
      ranges.set(`${span.start.line} ${span.end.line}`, { from: span.start.line, to: span.end.line - 1 });
    }
  return [...ranges.values()].sort((a, b) => a.from - b.from || b.to - a.to);
}

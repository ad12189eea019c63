import type { Position } from "./facts.ts";

/** Turns offsets of one text into positions and back, by the lines that people and editors see: the parser also ends them at U+2028 and U+2029. */
export interface TextLines {
  /** 1-based; an offset beyond the text is its end. */
  positionAt(offset: number): Position;
  /** A position beyond its line is the line's end. */
  offsetAt(position: Position): number;
  /** The text of a line, without its end; empty beyond the text. */
  lineAt(line: number): string;
  readonly count: number;
}

const END_OF_LINE = /\r\n|[\r\n]/g;

export function textLines(text: string): TextLines {
  const starts = [0];
  const ends: number[] = [];
  for (const { index, 0: mark } of text.matchAll(END_OF_LINE)) {
    ends.push(index);
    starts.push(index + mark.length);
  }
  ends.push(text.length);
  return {
    count: starts.length,
    positionAt(offset) {
      const at = Math.max(0, Math.min(offset, text.length));
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= at) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: at - (starts[low] as number) + 1 };
    },
    offsetAt({ line, column }) {
      const start = starts[line - 1];
      if (start === undefined) return line < 1 ? 0 : text.length;
      return Math.min(start + Math.max(0, column - 1), starts[line] ?? text.length);
    },
    lineAt: (line) => text.slice(starts[line - 1] ?? text.length, ends[line - 1] ?? text.length),
  };
}

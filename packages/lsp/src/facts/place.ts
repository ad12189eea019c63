import type { ts } from "../syntax/index.ts";
import type { Position } from "./facts.ts";
import { positionAt } from "./source.ts";

/** Text of a file: 1-based lines and columns (UTF-16 units), the end exclusive. */
export interface Place {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export function placeOf(syntax: ts.Node): Place {
  const file = syntax.getSourceFile();
  return placeBetween(file, syntax.getStart(file), syntax.end);
}

export function placeBetween(file: ts.SourceFile, from: number, to: number): Place {
  return { file: file.fileName, start: positionAt(file, from), end: positionAt(file, to) };
}

export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** True where a position is in a place, or touches one of its ends. */
export function holds({ start, end }: Place, position: Position): boolean {
  return comparePositions(start, position) <= 0 && comparePositions(position, end) <= 0;
}

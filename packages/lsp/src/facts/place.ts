import type { ts } from "../syntax/index.ts";
import type { Place, Position } from "./facts.ts";
import { positionAt } from "./source.ts";

export function placeBetween(file: ts.SourceFile, from: number, to: number): Place {
  return { file: file.fileName, start: positionAt(file, from), end: positionAt(file, to) };
}

export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** True where a position is in a place, or touches one of its ends. */
export function holds({ start, end }: Omit<Place, "file">, position: Position): boolean {
  return comparePositions(start, position) <= 0 && comparePositions(position, end) <= 0;
}

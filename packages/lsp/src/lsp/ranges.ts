import type { Range, Position as WirePosition } from "vscode-languageserver/node";
import type { Place, Position } from "../facts/index.ts";

/** Facts count lines and columns from 1, the protocol from 0; both in UTF-16 units. */
export function rangeOf({ start, end }: Omit<Place, "file">): Range {
  return { start: wirePositionOf(start), end: wirePositionOf(end) };
}

export function wirePositionOf({ line, column }: Position): WirePosition {
  return { line: line - 1, character: column - 1 };
}

export function positionOf({ line, character }: WirePosition): Position {
  return { line: line + 1, column: character + 1 };
}

export function overlaps(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: WirePosition, b: WirePosition): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

import type { TextRange } from "@qmtl/core/static";
import type { Place } from "../../facts/index.ts";
import type { WorldContext } from "../rule.ts";

/** The place of an entry of a world file, by its path. */
export function placeAt(
  { world }: Pick<WorldContext, "world">,
  path: string,
  part: "key" | "value" = "value",
): Place | undefined {
  const range = world.checked.positions[path]?.[part];
  return range === undefined ? undefined : placeOfRange(world.path, range);
}

export function placeOfRange(file: string, { line, column, endLine, endColumn }: TextRange): Place {
  return { file, start: { line, column }, end: { line: endLine, column: endColumn } };
}

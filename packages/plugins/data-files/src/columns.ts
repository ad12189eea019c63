import { type Columns, QmtlError } from "@qmtl/core/schema";
import type { FilesPreset } from "./config.ts";

/** Where the columns that a preset reads stand in a file. */
export interface ColumnMap {
  /** Positions of the time's columns, to be joined by a blank. */
  readonly time: readonly number[];
  readonly columns: readonly { readonly name: string; readonly at: number }[];
}

/**
 * Finds the columns by header: as mapped, else by their own name in any case. Their order in the file does not matter; other columns are left unread.
 *
 * @throws `data.missing-column`, `files.ambiguous-header`
 */
export function mapColumns(header: readonly string[], preset: FilesPreset, schema: Columns, file: string): ColumnMap {
  const names = header.map((name) => name.trim());
  function find(wanted: string, exact: boolean): number {
    const same = exact
      ? (name: string) => name === wanted
      : (name: string) => name.toLowerCase() === wanted.toLowerCase();
    const found = names.flatMap((name, at) => (same(name) ? [at] : []));
    if (found.length === 1) return found[0]!;
    if (found.length > 1)
      throw new QmtlError({
        code: "files.ambiguous-header",
        message: `The headers ${found.map((at) => JSON.stringify(names[at])).join(" and ")} both fit "${wanted}"`,
        place: { file, line: 1 },
        next: "Map the column to one header under columns, and give each column its own header.",
      });
    throw new QmtlError({
      code: "data.missing-column",
      message: `There is no column "${wanted}"; found ${names.join(", ") || "none"}`,
      place: { file, line: 1 },
      next: "Map the column to its header under columns (time.column for the time).",
    });
  }
  const { column } = preset.time;
  return {
    time: (typeof column === "string" ? [column] : column).map((name) => find(name, true)),
    columns: Object.keys(schema).map((name) => {
      const mapped = preset.columns[name];
      return { name, at: mapped === undefined ? find(name, false) : find(mapped, true) };
    }),
  };
}

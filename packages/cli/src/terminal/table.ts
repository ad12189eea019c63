import { stripVTControlCharacters } from "node:util";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Rows under titles, two spaces apart; colours do not count as width. */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(width(title), ...rows.map((row) => width(row[i] ?? ""))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const space = " ".repeat((widths[i] as number) - width(cell));
        return columns[i]?.align === "right" ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join("\n");
}

/** Name and value, aligned, one per line. */
export function renderPairs(pairs: readonly (readonly [string, string])[], indent = "  "): string {
  const most = Math.max(0, ...pairs.map(([name]) => width(name)));
  return pairs
    .map(([name, value]) => `${indent}${name}${" ".repeat(most - width(name))}  ${value}`.trimEnd())
    .join("\n");
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

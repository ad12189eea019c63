import type { ColumnBatch } from "../plugin/contract/data-provider.ts";
import { allocateColumn, type Cell, type ColumnArray, type Columns } from "../schema/cell.ts";
import { type ErrorPlace, QmtlError } from "../schema/error.ts";

/** All rows of a series as their source gave them, in typed columns. */
export interface RowTable {
  /** As the provider stamps them. */
  readonly time: Float64Array;
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** File and line of a row, where the source told. */
  origin(row: number): { readonly file?: string; readonly line?: number };
}

/**
 * Joins batches into one table. How the rows were split into batches leaves no trace.
 *
 * @throws `data.missing-column`, `data.ragged-batch`, `data.unreadable-cell`, `data.unknown-word`
 */
export function joinBatches(batches: readonly ColumnBatch[], columns: Columns, place: ErrorPlace): RowTable {
  const starts: number[] = [];
  let rows = 0;
  for (const batch of batches) {
    starts.push(rows);
    rows += batch.time.length;
  }
  const time = new Float64Array(rows);
  const joined: Record<string, ColumnArray> = {};
  for (const [name, cell] of Object.entries(columns)) joined[name] = allocateColumn(cell, rows);

  function origin(row: number): { file?: string; line?: number } {
    let b = starts.length - 1;
    while (b > 0 && starts[b]! > row) b--;
    const from = batches[b]?.origin;
    const line = from?.lines[row - starts[b]!];
    return { ...(from !== undefined && { file: from.file }), ...(line !== undefined && { line }) };
  }

  batches.forEach((batch, b) => {
    const start = starts[b]!;
    time.set(batch.time, start);
    for (const [name, cell] of Object.entries(columns)) {
      const cells = batch.columns[name];
      if (cells === undefined) throw missingColumn(name, batch, place);
      if (cells.length !== batch.time.length)
        throw new QmtlError({
          code: "data.ragged-batch",
          message: `Column "${name}" has ${cells.length} cells beside ${batch.time.length} times`,
          place: { ...place, ...origin(start) },
          next: "This is a mistake of the data provider: report it to its author.",
          class: "failed",
        });
      copyCells(joined[name]!, start, cells, cell, (row, found) =>
        badCell(name, cell, found, { ...place, ...origin(row) }),
      );
    }
  });
  return { time, columns: joined, origin };
}

function copyCells(
  target: ColumnArray,
  start: number,
  cells: Float64Array | Int32Array | Uint8Array | readonly string[],
  cell: Cell,
  refuse: (row: number, found: unknown) => QmtlError,
): void {
  if (cell.dtype === "categorical") {
    const codes = new Map(cell.values.map((word, code) => [word, code]));
    for (let i = 0; i < cells.length; i++) {
      const word: unknown = cells[i];
      const code = typeof word === "string" ? codes.get(word) : undefined;
      if (code === undefined) throw refuse(start + i, word);
      target[start + i] = code;
    }
    return;
  }
  if (!ArrayBuffer.isView(cells)) throw refuse(start, cells[0]);
  if (cell.dtype === "f64") {
    target.set(cells, start);
    return;
  }
  const [low, high] = cell.dtype === "bool" ? [0, 1] : [-2_147_483_648, 2_147_483_647];
  for (let i = 0; i < cells.length; i++) {
    const value = cells[i]!;
    if (!Number.isInteger(value) || value < low || value > high) throw refuse(start + i, value);
    target[start + i] = value;
  }
}

function missingColumn(name: string, batch: ColumnBatch, place: ErrorPlace): QmtlError {
  const found = Object.keys(batch.columns);
  return new QmtlError({
    code: "data.missing-column",
    message: `There is no column "${name}"; found ${found.length === 0 ? "none" : found.join(", ")}`,
    place: { ...place, ...(batch.origin !== undefined && { file: batch.origin.file }) },
    next: "Map the column to its name in the source, or read another schema.",
  });
}

function badCell(name: string, cell: Cell, found: unknown, place: ErrorPlace): QmtlError {
  if (cell.dtype === "categorical")
    return new QmtlError({
      code: "data.unknown-word",
      message: `Column "${name}" has ${JSON.stringify(found) ?? String(found)}, which is none of ${cell.values.join(", ")}`,
      place,
      next: "Correct the source, or add the word to the schema.",
    });
  const wanted = cell.dtype === "bool" ? "0 or 1" : cell.dtype === "i32" ? "a 32-bit integer" : "a number";
  return new QmtlError({
    code: "data.unreadable-cell",
    message: `Column "${name}" has ${typeof found === "string" ? JSON.stringify(found) : String(found)} where ${wanted} belongs`,
    place,
    next: cell.dtype === "f64" ? "Correct the source." : "Correct the source: only f64 columns can lack a value.",
  });
}

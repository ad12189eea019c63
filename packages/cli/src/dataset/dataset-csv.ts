import type { DatasetColumn, DatasetTable } from "@qmtl/core";

/** The header: symbol and instant of each row, its columns, and for each label from when on it is known. */
export function datasetHeader({ columns }: DatasetTable): readonly string[] {
  return [
    "symbol",
    "stamp",
    ...columns.flatMap(({ name, role }) => (role === "label" ? [name, knownName(name)] : [name])),
  ];
}

export function knownName(label: string): string {
  return `${label}.known`;
}

/** Rows by symbol, then stamp: the bar's end. What holds no value is empty; numbers are written so that they are read as the same bits. */
export function* datasetCsv(table: DatasetTable): Generator<string> {
  yield `${datasetHeader(table).map(quoted).join(",")}\n`;
  for (const { symbol, stamps, cells, known } of table.series)
    for (let row = 0; row < stamps.length; row++) {
      const fields = [quoted(symbol), instant(stamps[row]!)];
      for (const column of table.columns) {
        fields.push(written(column, cells[column.name]![row]!));
        if (column.role === "label") fields.push(instant(known[column.name]![row]!));
      }
      yield `${fields.join(",")}\n`;
    }
}

function written({ cell }: DatasetColumn, value: number): string {
  if (Number.isNaN(value)) return "";
  if (cell.dtype === "bool") return value === 1 ? "true" : "false";
  return cell.dtype === "categorical" ? quoted(cell.values[value]!) : String(value);
}

function instant(stamp: number): string {
  return Number.isNaN(stamp) ? "" : new Date(stamp).toISOString();
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

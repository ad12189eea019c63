import type { ColumnBatch } from "@qmtl/core/plugin";
import { type Columns, QmtlError } from "@qmtl/core/schema";
import { createBatchBuilder, unreadableTime } from "./batch-builder.ts";
import { type ColumnMap, mapColumns } from "./columns.ts";
import type { FilesPreset } from "./config.ts";
import { type CsvRecord, readCsv } from "./csv.ts";
import { followCsv } from "./follow-csv.ts";
import type { TimeReader } from "./time-format.ts";

export interface RowsInput {
  readonly file: string;
  readonly preset: FilesPreset;
  readonly schema: Columns;
  readonly time: TimeReader;
  /** Rows to give. */
  readonly wanted: (time: number) => boolean;
  readonly signal: AbortSignal;
}

const BATCH = 8_192;

/** @throws `files.empty`, `files.row-length`, `data.unreadable-time`, and what reading CSV, headers and cells throw */
export async function* csvRows(input: RowsInput): AsyncGenerator<ColumnBatch> {
  const { file, preset, signal } = input;
  const rows = createRows(input);
  for await (const records of readCsv(file, { delimiter: preset.delimiter, grows: preset.grows, signal }))
    yield* rows.read(records);
  if (!rows.begun())
    throw new QmtlError({
      code: "files.empty",
      message: "The file has no header",
      place: { file, line: 1 },
      next: "Give the file a first line that names its columns.",
    });
  yield* rows.rest();
}

/** The same of a file that grows, as its lines come in. @throws as `csvRows` and `followCsv` */
export async function* followedRows(input: RowsInput): AsyncGenerator<ColumnBatch> {
  const { file, preset, signal } = input;
  const rows = createRows(input);
  for await (const records of followCsv(file, { delimiter: preset.delimiter, signal })) {
    yield* rows.read(records);
    yield* rows.rest();
  }
}

interface Rows {
  /** Batches that are full. */
  read(records: readonly CsvRecord[]): Generator<ColumnBatch>;
  /** What they have left over. */
  rest(): Generator<ColumnBatch>;
  /** The header was there. */
  begun(): boolean;
}

function createRows({ file, preset, schema, time, wanted }: Omit<RowsInput, "signal">): Rows {
  const batch = createBatchBuilder(file, schema);
  let header: readonly string[] | undefined;
  let map: ColumnMap | undefined;
  function* read(records: readonly CsvRecord[]): Generator<ColumnBatch> {
    for (const { fields, line } of records) {
      if (header === undefined || map === undefined) {
        header = fields;
        map = mapColumns(fields, preset, schema, file);
        continue;
      }
      if (fields.length !== header.length) throw rowLength(file, line, fields.length, header.length);
      const [only] = map.time;
      const text =
        only !== undefined && map.time.length === 1
          ? fields[only]!.trim()
          : map.time.map((at) => fields[at]!.trim()).join(" ");
      const at = time.read(text);
      if (typeof at === "string") throw unreadableTime(text, at, file, line);
      if (wanted(at))
        batch.push(
          at,
          map.columns.map((column) => fields[column.at]),
          line,
        );
      if (batch.size >= BATCH) yield batch.take();
    }
  }
  return {
    read,
    *rest() {
      if (batch.size > 0) yield batch.take();
    },
    begun: () => header !== undefined,
  };
}

function rowLength(file: string, line: number, found: number, expected: number): QmtlError {
  return new QmtlError({
    code: "files.row-length",
    message: `The row has ${found} fields where the header has ${expected}`,
    place: { file, line },
    next: "Complete the row, or set delimiter if the fields are not separated by what the preset says.",
  });
}

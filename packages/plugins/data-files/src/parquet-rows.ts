import type { ColumnBatch } from "@qmtl/core/plugin";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { createBatchBuilder, unreadableTime } from "./batch-builder.ts";
import type { RawCell } from "./cells.ts";
import { mapColumns } from "./columns.ts";
import { isSystemError, unreadable } from "./csv.ts";
import type { RowsInput } from "./csv-rows.ts";
import { createZone } from "./zone.ts";

const BATCH = 8_192;
const DAY = 86_400_000;
const NOON = 12 * 3_600_000;

/**
 * Rows of a Parquet file, one row group at a time; the line of a row is its number, from 1.
 *
 * @throws `files.invalid-parquet`, and what headers and cells throw
 */
export async function* parquetRows(input: RowsInput): AsyncGenerator<ColumnBatch> {
  const { file, preset, schema, wanted, signal } = input;
  const buffer = await decoded(file, () => asyncBufferFromFile(file));
  const metadata = await decoded(file, () => parquetMetadataAsync(buffer));
  const header = topLevel(metadata);
  const map = mapColumns(header, preset, schema, file);
  const readTime = timeReader(
    input,
    metadata,
    map.time.map((at) => header[at]!),
  );
  const names = map.columns.map(({ at }) => header[at]!);
  const columns = [...new Set([...map.time.map((at) => header[at]!), ...names])];
  const batch = createBatchBuilder(file, schema);
  let start = 0;
  for (const group of metadata.row_groups) {
    signal.throwIfAborted();
    const end = start + Number(group.num_rows);
    const rows = await decoded(file, () =>
      parquetReadObjects({ file: buffer, metadata, columns, rowStart: start, rowEnd: end }),
    );
    for (const row of rows as Record<string, RawCell>[]) {
      start++;
      const at = readTime(row, start);
      if (wanted(at))
        batch.push(
          at,
          names.map((name) => row[name]),
          start,
        );
      if (batch.size >= BATCH) {
        yield batch.take();
        signal.throwIfAborted();
      }
    }
  }
  if (batch.size > 0) yield batch.take();
}

function topLevel({ schema: [root, ...elements] }: FileMetaData): string[] {
  const names: string[] = [];
  // Elements stand in depth-first order: what belongs to a group is passed over.
  let inner = 0;
  for (const element of elements) {
    if (inner === 0) names.push(element.name);
    else inner--;
    inner += element.num_children ?? 0;
  }
  return names.slice(0, root?.num_children);
}

function timeReader({ file, preset, time }: RowsInput, metadata: FileMetaData, names: readonly string[]) {
  const zone = createZone(preset.zone);
  const [only] = names;
  const element = metadata.schema.find(({ name }) => name === only);
  const isWallTime = element?.logical_type?.type === "TIMESTAMP" && !element.logical_type.isAdjustedToUTC;
  return (row: Record<string, RawCell>, line: number): number => {
    const cells = names.map((name) => row[name]);
    const [first] = cells;
    if (first instanceof Date && cells.length === 1) {
      const at = first.getTime();
      if (preset.stamp === "session" && at % DAY === 0) return at + NOON;
      const instant = isWallTime ? zone.instants(at)[0] : at;
      if (instant !== undefined) return instant;
      throw unreadableTime(
        first.toISOString(),
        `does not exist in ${zone.name}, where clocks were set forward`,
        file,
        line,
      );
    }
    const text = cells.map((cell) => (cell === null || cell === undefined ? "" : String(cell))).join(" ");
    if (preset.time.format === "timestamp")
      throw unreadableTime(text, "is not of Parquet's type for timestamps or dates", file, line);
    const at = time.read(text);
    if (typeof at === "string") throw unreadableTime(text, at, file, line);
    return at;
  };
}

async function decoded<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (isQmtlError(cause)) throw cause;
    if (isSystemError(cause)) throw unreadable(file, cause);
    throw new QmtlError({
      code: "files.invalid-parquet",
      message: `The file is not Parquet that can be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      place: { file },
      next: "Write it again, uncompressed or with Snappy.",
      cause,
    });
  }
}

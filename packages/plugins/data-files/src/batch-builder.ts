import type { ColumnBatch } from "@qmtl/core/plugin";
import { type Columns, QmtlError } from "@qmtl/core/schema";
import { type CellCollector, createCollector, type RawCell } from "./cells.ts";

/** Gathers rows of one file into a batch. */
export interface BatchBuilder {
  /** @param cells in the order of the schema's columns */
  push(time: number, cells: readonly RawCell[], line: number): void;
  readonly size: number;
  take(): ColumnBatch;
}

export function createBatchBuilder(file: string, schema: Columns): BatchBuilder {
  const collectors: [string, CellCollector][] = Object.entries(schema).map(([name, cell]) => [
    name,
    createCollector(name, cell),
  ]);
  let times: number[] = [];
  let lines: number[] = [];
  return {
    push(time, cells, line) {
      collectors.forEach(([, collector], i) => {
        collector.push(cells[i], file, line);
      });
      times.push(time);
      lines.push(line);
    },
    get size() {
      return times.length;
    },
    take() {
      const batch = {
        time: Float64Array.from(times),
        columns: Object.fromEntries(collectors.map(([name, collector]) => [name, collector.take()])),
        origin: { file, lines: Int32Array.from(lines) },
      };
      times = [];
      lines = [];
      return batch;
    },
  };
}

export function unreadableTime(text: string, why: string, file: string, line: number): QmtlError {
  return new QmtlError({
    code: "data.unreadable-time",
    message: `${JSON.stringify(text)} ${why}`,
    place: { file, line },
    next: "Correct the time, or time.format and zone of the preset.",
  });
}

import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { type PresetInput, project, provide, readAll } from "./project.test.fixture.ts";

const HOUR = 3_600_000;
const START = Date.parse("2024-07-01T01:00:00Z");

type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];

function prices(rows: number): Columns {
  const data = Array.from({ length: rows }, (_, i) => 1 + i);
  return ["open", "high", "low", "close", "volume"].map((name) => ({ name, data, type: "DOUBLE" as const }));
}
const times = (rows: number) => Array.from({ length: rows }, (_, i) => new Date(START + i * HOUR));
const parquet = (columnData: Columns, change: PresetInput = {}, options = {}) =>
  readAll(
    provide(project({ "data/A.parquet": new Uint8Array(parquetWriteBuffer({ columnData, ...options })) }), {
      path: "data/{symbol}.parquet",
      format: "parquet",
      time: { column: "time", format: "timestamp" },
      ...change,
    }),
  );

describe("Parquet files", () => {
  test("give their rows over all row groups, numbered from 1", async () => {
    const rows = await parquet(
      [{ name: "time", data: times(5), type: "TIMESTAMP" }, ...prices(5)],
      {},
      { rowGroupSize: 2 },
    );
    expect(rows.time).toEqual(times(5).map(Number));
    expect(rows.columns["close"]).toEqual([1, 2, 3, 4, 5]);
    expect(rows.lines).toEqual([1, 2, 3, 4, 5]);
  });

  test("come in batches of some thousands", async () => {
    const rows = await parquet([{ name: "time", data: times(20_000), type: "TIMESTAMP" }, ...prices(20_000)]);
    expect(rows.time).toHaveLength(20_000);
    expect(rows.columns["open"]?.at(-1)).toBe(20_000);
  });

  test("may hold times as numbers or text", async () => {
    const epoch = times(2).map((time) => BigInt(Number(time)));
    const numbers = await parquet([{ name: "time", data: epoch, type: "INT64" }, ...prices(2)], {
      time: { column: "time", format: "epoch-ms" },
    });
    expect(numbers.time).toEqual(times(2).map(Number));
    const text = ["7/1/2024 9:30", "7/1/2024 10:30"];
    const words = await parquet([{ name: "time", data: text, type: "STRING" }, ...prices(2)], {
      time: { column: "time", format: "M/D/YYYY H:mm" },
      zone: "America/New_York",
    });
    expect(words.time).toEqual([Date.parse("2024-07-01T13:30:00Z"), Date.parse("2024-07-01T14:30:00Z")]);
  });

  test("read times without a zone as wall times", async () => {
    const schema = [
      { name: "root", num_children: 6 },
      {
        name: "time",
        type: "INT64" as const,
        repetition_type: "REQUIRED" as const,
        logical_type: { type: "TIMESTAMP" as const, isAdjustedToUTC: false, unit: "MILLIS" as const },
      },
      ...prices(0).map(({ name }) => ({ name, type: "DOUBLE" as const, repetition_type: "REQUIRED" as const })),
    ];
    const wall = [BigInt(Date.parse("2024-07-01T09:30:00Z"))];
    const columnData = [{ name: "time", data: wall }, ...prices(1).map(({ name, data }) => ({ name, data }))];
    const { time } = await parquet(columnData, { zone: "America/New_York" }, { schema });
    expect(time).toEqual([Date.parse("2024-07-01T13:30:00Z")]);
  });

  test("have holes where a value is null", async () => {
    const columns = prices(2).map((column) =>
      column.name === "close" ? { ...column, data: [1, null], nullable: true } : column,
    );
    const rows = await parquet([{ name: "time", data: times(2), type: "TIMESTAMP" }, ...columns]);
    expect(rows.columns["close"]).toEqual([1, Number.NaN]);
  });

  test("name a missing column, a cell of another type and its row", async () => {
    const time = { name: "time", data: times(2), type: "TIMESTAMP" } as const;
    await expect(parquet([time, ...prices(2).slice(1)])).rejects.toMatchObject({
      code: "data.missing-column",
      message: 'There is no column "open"; found time, high, low, close, volume',
    });
    const words = prices(2).map((column) =>
      column.name === "low" ? { name: "low", data: ["1", "x"], type: "STRING" as const } : column,
    );
    await expect(parquet([time, ...words])).rejects.toMatchObject({
      code: "data.unreadable-cell",
      message: 'Column "low" has "x" where a number belongs',
      place: { file: expect.stringMatching(/A\.parquet$/), line: 2 },
    });
    await expect(parquet([{ name: "time", data: ["x", "y"], type: "STRING" }, ...prices(2)])).rejects.toMatchObject({
      code: "data.unreadable-time",
      place: { line: 1 },
    });
  });

  test("that are no Parquet are refused by name", async () => {
    const provider = provide(project({ "data/A.parquet": "time,open\n" }), {
      path: "data/{symbol}.parquet",
      format: "parquet",
    });
    await expect(readAll(provider)).rejects.toMatchObject({
      code: "files.invalid-parquet",
      place: { file: expect.stringMatching(/A\.parquet$/) },
    });
  });
});

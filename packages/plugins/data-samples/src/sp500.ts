import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ColumnBatch } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";

const FILE = "sp500-2000.csv";
const HEADER = "date,open,high,low,close,adjclose,volume";
const COLUMNS = ["open", "high", "low", "close", "", "volume"];
const NOON = 12 * 3_600_000;

const require = createRequire(import.meta.url);

/** The package's entry is the one path that it exports; the data lie beside it. */
function packageFolder(): string {
  return dirname(dirname(require.resolve("vega-datasets")));
}

/** Version of the package that holds the bars. */
export async function sp500Version(): Promise<string> {
  const text = await readFile(join(packageFolder(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * Daily bars of the S&P 500 index, 2000-01-03 to 2020-04-17, as `vega-datasets` ships them. The index pays nothing out, so the file's
 * `adjclose` repeats `close` and is left out. A row is stamped with noon UTC of its date, which lies within that day in New York.
 */
export async function readSp500(): Promise<ColumnBatch> {
  const { path, lines } = await readLines();
  const rows = lines.length - 1;
  const time = new Float64Array(rows);
  const columns: Record<string, Float64Array> = {};
  for (const name of COLUMNS) if (name !== "") columns[name] = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const cells = lines[row + 1]!.split(",");
    time[row] = Date.parse(`${cells[0]}T00:00:00Z`) + NOON;
    COLUMNS.forEach((name, i) => {
      if (name !== "") columns[name]![row] = Number(cells[i + 1]);
    });
  }
  return { time, columns, origin: { file: path, lines: Int32Array.from({ length: rows }, (_, row) => row + 2) } };
}

/** The days of the file's bars, `YYYY-MM-DD`, ascending. */
export async function sp500Dates(): Promise<string[]> {
  const { lines } = await readLines();
  return lines.slice(1).map((line) => line.slice(0, 10));
}

async function readLines(): Promise<{ path: string; lines: readonly string[] }> {
  const path = join(packageFolder(), "data", FILE);
  const lines = (await readFile(path, "utf8")).trimEnd().split(/\r?\n/);
  if (lines[0] === HEADER) return { path, lines };
  throw new QmtlError({
    code: "samples.changed-file",
    message: `The header of ${FILE} is ${JSON.stringify(lines[0])}, not ${JSON.stringify(HEADER)}`,
    place: { file: path, line: 1 },
    next: "Install the version of vega-datasets that this package asks for.",
    class: "failed",
  });
}

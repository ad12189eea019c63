import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { BuiltTable } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import { datasetCsv, knownName } from "./dataset-csv.ts";

export const DATA_FILE = "data.csv";
export const MANIFEST_FILE = "manifest.json";

/** What `manifest.json` says. */
export interface DatasetManifest extends Omit<BuiltTable, "table"> {
  readonly format: "qmtl.dataset/1";
  readonly rows: number;
  readonly symbols: readonly string[];
  readonly data: { readonly file: string; readonly sha256: string };
  readonly columns: readonly {
    readonly name: string;
    readonly role: "feature" | "label";
    /** False: it looks ahead. Train with a row only from what stands in `known` on. */
    readonly causal: boolean;
    /** Bars after which it is known at the latest. */
    readonly bars: number;
    readonly dtype: string;
    readonly unit?: string;
    readonly values?: readonly string[];
    readonly node: string;
    readonly output: string;
    /** The column with the instant from which a label is known. */
    readonly known?: string;
  }[];
}

/**
 * Writes `data.csv` and `manifest.json` into a new folder. The manifest comes last: where it stands, the dataset is whole.
 *
 * @throws `dataset.not-empty` (class `usage`)
 */
export function writeDataset(folder: string, { table, ...from }: BuiltTable): DatasetManifest {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new QmtlError({
      code: "dataset.not-empty",
      message: `There is something in ${folder} already`,
      place: { file: folder },
      next: "Name a folder that does not exist yet, or empty it: a dataset is never mixed with another.",
    });
  mkdirSync(folder, { recursive: true });
  const partial = join(folder, `${DATA_FILE}.partial`);
  const sha256 = createHash("sha256");
  const file = openSync(partial, "wx");
  try {
    for (const lines of inBlocks(datasetCsv(table))) {
      sha256.update(lines);
      writeSync(file, lines);
    }
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(partial, join(folder, DATA_FILE));
  const manifest: DatasetManifest = {
    format: "qmtl.dataset/1",
    ...from,
    rows: table.series.reduce((sum, { stamps }) => sum + stamps.length, 0),
    symbols: table.series.map(({ symbol }) => symbol),
    data: { file: DATA_FILE, sha256: sha256.digest("hex") },
    columns: table.columns.map(({ name, role, causal, bars, cell, node, output }) => ({
      name,
      role,
      causal,
      bars,
      dtype: cell.dtype,
      ...((cell.dtype === "f64" || cell.dtype === "i32") && { unit: cell.unit }),
      ...(cell.dtype === "categorical" && { values: cell.values }),
      node,
      output,
      ...(role === "label" && { known: knownName(name) }),
    })),
  };
  writeFileSync(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

/** A write per line would take longer than the lines. */
function* inBlocks(lines: Iterable<string>): Generator<string> {
  let block = "";
  for (const line of lines) {
    block += line;
    if (block.length < 65_536) continue;
    yield block;
    block = "";
  }
  if (block !== "") yield block;
}

import type { CallOptions } from "../../plugin/contract/plugin.ts";
import type { ObjectStorage } from "../../plugin/contract/storage.ts";
import { canonicalJson, digestBytes } from "../../schema/canonical.ts";
import type { ColumnArray, Columns } from "../../schema/cell.ts";
import { isQmtlError, QmtlError } from "../../schema/error.ts";
import { columnsJson } from "../../schema/schema.ts";
import { cellsFromBytes, hashBlocks, littleEndianBytes } from "../fingerprint.ts";
import type { Series } from "../panel.ts";
import type { SeriesReport } from "../report.ts";
import {
  identityOf,
  MANIFEST_FORMAT,
  manifestRef,
  type SeriesAddress,
  type SeriesManifest,
} from "../series-manifest.ts";
import { allEnded } from "./all-ended.ts";

/** A series as the store holds it. */
export interface StoredSeries {
  readonly manifest: SeriesManifest;
  /** Digest of the manifest. */
  readonly digest: string;
  readonly series: Series;
}

export type LoadResult =
  | { readonly kind: "found"; readonly stored: StoredSeries }
  /** Never imported, or from another state of the source. */
  | { readonly kind: "stale"; readonly because: string }
  /** What the reference names can't be read. */
  | { readonly kind: "damaged"; readonly because: string };

/** Reads the series that was imported from this revision of its source. */
export async function loadSeries(
  objects: ObjectStorage,
  address: SeriesAddress,
  tags: readonly string[],
  revision: string,
  options: CallOptions,
): Promise<LoadResult> {
  const digest = await objects.ref(manifestRef(address), options);
  if (digest === undefined) return { kind: "stale", because: "new to the store" };
  const bytes = await readObject(objects, digest, options);
  if (bytes === undefined) return { kind: "damaged", because: `the manifest ${digest} is missing or damaged` };
  const manifest = parseManifest(bytes);
  if (manifest === undefined) return { kind: "damaged", because: `the manifest ${digest} can't be read` };
  if (manifest.revision !== revision) return { kind: "stale", because: "the source changed" };
  const stamps = await readCells(objects, manifest.stamps, "f64", manifest.rows, options);
  if (stamps === undefined) return { kind: "damaged", because: `the stamps ${manifest.stamps} are missing or damaged` };
  const columns: Record<string, ColumnArray> = {};
  for (const [name, cell] of Object.entries(address.schema.columns)) {
    const object = manifest.columns[name] ?? "";
    const cells = await readCells(objects, object, cell.dtype, manifest.rows, options);
    if (cells === undefined) return { kind: "damaged", because: `column "${name}" (${object}) is missing or damaged` };
    columns[name] = cells;
  }
  const series = {
    symbol: address.symbol,
    tags,
    stamps: stamps as Float64Array,
    columns,
    ...(manifest.actions !== undefined && { actions: manifest.actions }),
  };
  return { kind: "found", stored: { manifest, digest, series } };
}

export interface SaveSeriesInput {
  readonly objects: ObjectStorage;
  readonly address: SeriesAddress;
  readonly revision: string;
  readonly series: Series;
  readonly report: SeriesReport;
  readonly options: CallOptions;
}

/**
 * Stores a series: its objects first, then the manifest, last the reference, so that whoever follows the reference finds all.
 *
 * @throws `data.contended-import` when others keep replacing the reference
 */
export async function saveSeries(input: SaveSeriesInput): Promise<StoredSeries> {
  const { objects, address, revision, series, report, options } = input;
  const put = (cells: ColumnArray): Promise<string> => objects.put(littleEndianBytes(cells), options);
  // Side by side, for each waits for the disk, and so do the digests of the blocks.
  const storing = allEnded([series.stamps, ...Object.values(series.columns)].map(put));
  const blocks = hashBlocks(series);
  const [stamps, ...columns] = await storing;
  const manifest: SeriesManifest = {
    format: MANIFEST_FORMAT,
    identity: identityOf(address),
    schema: { id: address.schema.id, columns: columnsJson(address.schema.columns as Columns) },
    revision,
    rows: series.stamps.length,
    stamps: stamps!,
    columns: Object.fromEntries(Object.keys(series.columns).map((name, k) => [name, columns[k]!])),
    blocks,
    ...(series.actions !== undefined && { actions: series.actions }),
    report,
  };
  const digest = await objects.put(Buffer.from(canonicalJson(manifest)), options);
  await pointTo(objects, manifestRef(address), digest, options);
  return { manifest, digest, series };
}

const ATTEMPTS = 8;

async function pointTo(objects: ObjectStorage, name: string, digest: string, options: CallOptions): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const current = await objects.ref(name, options);
    if (current === digest) return;
    const outcome =
      current === undefined
        ? await objects.putIfAbsent(name, digest, options)
        : await objects.compareAndSet(name, current, digest, options);
    if (outcome === "created" || outcome === "set") return;
  }
  throw new QmtlError({
    code: "data.contended-import",
    message: `Others replaced ${name} ${ATTEMPTS} times while it was imported`,
    next: "Submit again.",
    class: "failed",
  });
}

async function readCells(
  objects: ObjectStorage,
  digest: string,
  dtype: "f64" | "i32" | "bool" | "categorical",
  rows: number,
  options: CallOptions,
): Promise<ColumnArray | undefined> {
  const bytes = await readObject(objects, digest, options);
  if (bytes === undefined) return undefined;
  const width = dtype === "f64" ? 8 : dtype === "bool" ? 1 : 4;
  return bytes.length === rows * width ? cellsFromBytes(bytes, dtype) : undefined;
}

/** Undefined when the object is missing or its bytes are not those of its digest, whoever finds out. */
async function readObject(
  objects: ObjectStorage,
  digest: string,
  options: CallOptions,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = await objects.get(digest, options);
    return bytes !== undefined && digestBytes(bytes) === digest ? bytes : undefined;
  } catch (error) {
    if (isQmtlError(error) && error.code === "storage.corrupt-object") return undefined;
    throw error;
  }
}

function parseManifest(bytes: Uint8Array): SeriesManifest | undefined {
  // The digest held, so the bytes are what some version of this code wrote: only the format can differ.
  const manifest = JSON.parse(Buffer.from(bytes).toString("utf8")) as SeriesManifest;
  return manifest.format === MANIFEST_FORMAT ? manifest : undefined;
}

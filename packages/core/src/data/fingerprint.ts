import { createHash } from "node:crypto";
import { canonicalJson, digest } from "../schema/canonical.ts";
import type { ColumnArray } from "../schema/cell.ts";
import { DAY, firstDayOfMonth, monthOfDay } from "./calendar/civil.ts";
import type { Series } from "./panel.ts";
import { upperBound } from "./sorted.ts";

/** What a block's cells mean, besides their stamps. */
export interface SeriesIdentity {
  /** The provider's word and preset: `samples.sp500`. */
  readonly source: string;
  readonly symbol: string;
  readonly interval: string;
  /** `id@version`. */
  readonly calendar: string;
  /** `"none"`: as the source gave them. Otherwise how signals read them, by actions that are a block of their own. */
  readonly adjustment: "none" | "forward/1";
}

/** One column over one calendar month (UTC) of bars. */
export interface Block {
  readonly column: string;
  /** `YYYY-MM` of the bars' last instants; `all` for corporate actions. */
  readonly month: string;
  readonly rows: number;
  /** SHA-256 over the stamps and then the cells, each little-endian; hexadecimal. */
  readonly digest: string;
}

/** Blocks of one series, and how it is known. */
export interface SeriesBlocks {
  readonly identity: SeriesIdentity;
  readonly blocks: readonly Block[];
}

/** Rows of each month. A bar belongs to the month of its last instant, so one that ends at midnight counts to the day it closes. */
function monthsOf(stamps: Float64Array): { month: string; from: number; to: number }[] {
  const months: { month: string; from: number; to: number }[] = [];
  for (let from = 0; from < stamps.length; ) {
    const month = monthOfDay(Math.floor((stamps[from]! - 1) / DAY));
    const to = upperBound(stamps, firstDayOfMonth(month + 1) * DAY);
    const year = Math.floor(month / 12);
    months.push({
      month: `${String(year).padStart(4, "0")}-${String(month - year * 12 + 1).padStart(2, "0")}`,
      from,
      to,
    });
    from = to;
  }
  return months;
}

/** Hashes every column by month: columns in the order of their names, months ascending. */
export function hashBlocks(series: Pick<Series, "stamps" | "columns">): Block[] {
  const months = monthsOf(series.stamps);
  return Object.keys(series.columns)
    .sort()
    .flatMap((column) =>
      months.map(({ month, from, to }) => hashBlock(series.stamps, series.columns[column]!, column, month, from, to)),
    );
}

function hashBlock(
  stamps: Float64Array,
  cells: ColumnArray,
  column: string,
  month: string,
  from: number,
  to: number,
): Block {
  const hash = createHash("sha256");
  hash.update(littleEndianBytes(stamps.subarray(from, to)));
  hash.update(littleEndianBytes(cells.subarray(from, to)));
  return { column, month, rows: to - from, digest: hash.digest("hex") };
}

export interface CutBlocksInput {
  /** Of the whole series. */
  readonly blocks: readonly Block[];
  /** The series, cut: a prefix of what the blocks were made of. */
  readonly series: Pick<Series, "stamps" | "columns">;
  /** Default: all. */
  readonly columns?: readonly string[];
}

/** The blocks of a prefix. Whole months keep their block; only the last month is hashed again, and only when it was cut. */
export function cutBlocks({ blocks, series, columns }: CutBlocksInput): Block[] {
  const months = new Map(monthsOf(series.stamps).map((month) => [month.month, month]));
  const cut: Block[] = [];
  for (const block of blocks) {
    if (columns !== undefined && !columns.includes(block.column)) continue;
    const month = months.get(block.month);
    if (month === undefined) continue;
    const rows = month.to - month.from;
    cut.push(
      rows === block.rows
        ? block
        : hashBlock(series.stamps, series.columns[block.column]!, block.column, block.month, month.from, month.to),
    );
  }
  return cut;
}

/**
 * The Merkle root over blocks of any number of series: SHA-256, leaves and inner nodes in separate domains, an odd node carried up as it
 * is (RFC 6962, section 2.1). Leaves are sorted by their bytes, so the order of series and columns does not matter; a block that is
 * given twice counts once.
 */
export function merkleRoot(all: readonly SeriesBlocks[]): string {
  const leaves = new Set<string>();
  for (const { identity, blocks } of all)
    for (const block of blocks) leaves.add(canonicalJson({ ...identity, ...block }));
  let level = [...leaves].sort().map((leaf) => hashNode(LEAF, Buffer.from(leaf)));
  if (level.length === 0) return createHash("sha256").digest("hex");
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i]!, level[i + 1]];
      above.push(right === undefined ? left : hashNode(NODE, left, right));
    }
    level = above;
  }
  return level[0]!.toString("hex");
}

/** A dataset commit: everything that was known of the data at an instant. */
export function commitDigest(root: string, asOf: number): string {
  return digest("qmtl.dataset-commit/1", { root, asOf });
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

function hashNode(domain: Buffer, ...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256").update(domain);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The cells as bytes, little-endian on every machine; a view where the machine is. */
export function littleEndianBytes(cells: ColumnArray): Uint8Array {
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
  return LITTLE_ENDIAN || cells.BYTES_PER_ELEMENT === 1 ? bytes : swapBytes(bytes.slice(), cells.BYTES_PER_ELEMENT);
}

/** Cells from little-endian bytes; copies, since stored bytes need not be aligned. */
export function cellsFromBytes(bytes: Uint8Array, dtype: "f64" | "i32" | "bool" | "categorical"): ColumnArray {
  const copy = bytes.slice();
  if (dtype === "bool") return copy;
  const width = dtype === "f64" ? 8 : 4;
  const { buffer } = LITTLE_ENDIAN ? copy : swapBytes(copy, width);
  return dtype === "f64" ? new Float64Array(buffer) : new Int32Array(buffer);
}

/** Floats from little-endian bytes; copies them, even out of a buffer that is shared. */
export function littleEndianFloats(bytes: Uint8Array): Float64Array {
  const copy = new Uint8Array(bytes);
  return new Float64Array(LITTLE_ENDIAN ? copy.buffer : swapBytes(copy, 8).buffer);
}

function swapBytes(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i - (i % width) + (width - 1 - (i % width))]!;
  return swapped;
}

import { littleEndianBytes, littleEndianFloats } from "../data/fingerprint.ts";
import { QmtlError } from "../schema/error.ts";
import type { ReturnSeries } from "./common-window.ts";

const MAGIC = new TextEncoder().encode("qmtltrb1");
/** Magic, number of rows and of periods (32 bits each, little-endian). */
const HEADER = 16;
/** A period that a trial does not have: NaN in one of its many spellings. */
const ABSENT = 0x7ff8000000000000n;

/**
 * The returns of many trials as one object: a header of 16 bytes, the ends of the periods that any of them has, then one row per trial
 * in the order given, with NaN where it has no period. Cells are 64-bit floats, little-endian; equal series give equal bytes.
 *
 * @throws `evaluation.invalid-returns` for a series that is not ascending, or holds a value that is not finite
 * @example
 * const block = await objects.put(encodeTrialReturns(series), { signal });
 * const record = { ...trial, returns: { block, row: 3 } };
 */
export function encodeTrialReturns(series: readonly ReturnSeries[]): Uint8Array {
  series.forEach(requireSound);
  const times = unionOf(series);
  const periods = times.length;
  const cells = new Float64Array(HEADER / 8 + periods * (1 + series.length));
  new BigUint64Array(cells.buffer).fill(ABSENT);
  cells.set(times, HEADER / 8);
  series.forEach((one, row) => {
    const from = HEADER / 8 + periods * (1 + row);
    let at = 0;
    one.times.forEach((time, i) => {
      while (times[at]! < time) at++;
      cells[from + at] = one.returns[i]!;
    });
  });
  const bytes = littleEndianBytes(cells);
  bytes.set(MAGIC);
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  header.setUint32(8, series.length, true);
  header.setUint32(12, periods, true);
  return bytes;
}

/**
 * The series that were encoded. Those that have every period of the block share its `times`.
 *
 * @throws `evaluation.unreadable-returns` for bytes that are no such block
 */
export function decodeTrialReturns(bytes: Uint8Array): readonly ReturnSeries[] {
  if (bytes.length < HEADER || MAGIC.some((byte, i) => bytes[i] !== byte)) throw unreadable("it has no header");
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const rows = header.getUint32(8, true);
  const periods = header.getUint32(12, true);
  const expected = HEADER + 8 * periods * (1 + rows);
  if (bytes.length !== expected)
    throw unreadable(`${rows} rows of ${periods} periods take ${expected} bytes, and it has ${bytes.length}`);
  const cells = littleEndianFloats(bytes.subarray(HEADER));
  const times = cells.subarray(0, periods);
  return Array.from({ length: rows }, (_, row): ReturnSeries => {
    const returns = cells.subarray(periods * (1 + row), periods * (2 + row));
    if (!returns.some(Number.isNaN)) return { times, returns };
    return { times: times.filter((_time, i) => !Number.isNaN(returns[i])), returns: returns.filter(isPresent) };
  });
}

function isPresent(value: number): boolean {
  return !Number.isNaN(value);
}

function unionOf(series: readonly ReturnSeries[]): Float64Array {
  const seen = new Set<number>();
  for (const { times } of series) for (const time of times) seen.add(time);
  return Float64Array.from(seen).sort();
}

function requireSound({ times, returns }: ReturnSeries, index: number): void {
  const fault =
    times.length !== returns.length
      ? `${times.length} times and ${returns.length} returns`
      : times.some((time, i) => !Number.isFinite(time) || (i > 0 && time <= times[i - 1]!))
        ? "times that do not ascend"
        : returns.every(Number.isFinite)
          ? undefined
          : "a return that is not finite";
  if (fault === undefined) return;
  throw new QmtlError({
    code: "evaluation.invalid-returns",
    message: `The returns of trial ${index} have ${fault}`,
    next: "Give one finite return per period, by ascending ends of periods.",
    class: "failed",
  });
}

function unreadable(why: string): QmtlError {
  return new QmtlError({
    code: "evaluation.unreadable-returns",
    message: `An object is no block of returns of trials: ${why}`,
    next: "Update QMTL, or run the sweep again that wrote it.",
    class: "failed",
  });
}

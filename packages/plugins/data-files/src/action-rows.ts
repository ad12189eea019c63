import type { CorporateAction } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";
import { unreadableTime } from "./batch-builder.ts";
import { readCsv } from "./csv.ts";
import { createFactorReader, isFactorRecord } from "./factor-rows.ts";
import { invalidActions } from "./invalid-actions.ts";
import type { TimeReader } from "./time-format.ts";

export interface ActionsInput {
  readonly file: string;
  readonly delimiter: string;
  /** Reads an ex date as its midnight. */
  readonly date: TimeReader;
  readonly signal: AbortSignal;
}

const HEADER = ["date", "split", "dividend"];

/**
 * Splits and dividends of one symbol: a header of `date`, `split`, `dividend` in any order, and a row per ex date. A split is the number of new units
 * for an old one, a dividend the money per unit held before it; an empty cell is none. Of one row the dividend comes first. A file that begins with a
 * line of factors instead of a header is read as a factor file.
 *
 * @throws `files.empty`, `files.invalid-actions` with file and line, `data.unreadable-time`, and what reading CSV throws
 */
export async function readActions({ file, delimiter, date, signal }: ActionsInput): Promise<CorporateAction[]> {
  const actions: CorporateAction[] = [];
  let columns: readonly number[] | undefined;
  let factors: ReturnType<typeof createFactorReader> | undefined;
  for await (const records of readCsv(file, { delimiter, signal }))
    for (const record of records) {
      if (columns === undefined && factors === undefined && isFactorRecord(record))
        factors = createFactorReader(file, date);
      if (factors !== undefined) {
        actions.push(...factors.read(record));
        continue;
      }
      const { fields, line } = record;
      if (columns === undefined) {
        columns = mapHeader(fields, file, line);
        continue;
      }
      const [when = "", split = "", dividend = ""] = columns.map((at) => (at < 0 ? "" : (fields[at] ?? "").trim()));
      const time = date.read(when);
      if (typeof time === "string") throw unreadableTime(when, time, file, line);
      if (dividend !== "") actions.push({ time, kind: "dividend", amount: positive(dividend, "dividend", file, line) });
      if (split !== "") actions.push({ time, kind: "split", ratio: positive(split, "split", file, line) });
    }
  if (columns === undefined && factors === undefined)
    throw new QmtlError({
      code: "files.empty",
      message: "The file has no header",
      place: { file, line: 1 },
      next: `Give the file a first line of ${HEADER.join(", ")}.`,
    });
  return actions.sort((a, b) => a.time - b.time);
}

/** Places of date, split and dividend; -1 where one of the latter is missing. */
function mapHeader(fields: readonly string[], file: string, line: number): readonly number[] {
  const names = fields.map((field) => field.trim().toLowerCase());
  const places = HEADER.map((name) => names.indexOf(name));
  const stray = names.find((name) => !HEADER.includes(name));
  if (stray === undefined && places[0]! >= 0 && places.some((place, i) => i > 0 && place >= 0)) return places;
  throw invalidActions(
    stray === undefined
      ? "The header names no date, or neither split nor dividend"
      : `The header names ${JSON.stringify(stray)}`,
    file,
    line,
    `Name the columns ${HEADER.join(", ")}.`,
  );
}

function positive(text: string, what: string, file: string, line: number): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw invalidActions(
    `The ${what} is ${JSON.stringify(text)}`,
    file,
    line,
    "Write a number above 0, or leave the cell empty.",
  );
}

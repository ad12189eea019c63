import { type Cell, QmtlError } from "@qmtl/core/schema";

/** A cell as a file holds it: text, or what Parquet decodes. */
export type RawCell = string | number | bigint | boolean | Date | null | undefined;

/** The cells of one column of one batch, growing row by row. */
export interface CellCollector {
  push(raw: RawCell, file: string, line: number): void;
  take(): Float64Array | string[];
}

/** What the platform reads as a number and people don't write: 0x10, 0b1, 0o7. */
const RADIX = /^0[xob]/i;
const NINE = 57;
const MISSING = new Set(["", "nan", "null", "na", "n/a", "#n/a"]);
const INFINITY = /^([+-]?)inf(inity)?$/i;

/**
 * Numbers are read in the decimal notation of programming languages; an empty cell, `NaN`, `null`, `NA` and `N/A` (in any case) hold no value. Anything else in a
 * number's place is refused with its line, so a column that was mistaken for another does not become a column of holes.
 */
export function createCollector(column: string, cell: Cell): CellCollector {
  if (cell.dtype === "categorical") {
    let words: string[] = [];
    return {
      push(raw, file, line) {
        if (typeof raw !== "string") throw unreadableCell(column, raw, "a word", file, line);
        words.push(raw.trim());
      },
      take() {
        const taken = words;
        words = [];
        return taken;
      },
    };
  }
  const read = cell.dtype === "bool" ? readBool : readNumber;
  const wanted = cell.dtype === "bool" ? "true or false" : "a number";
  let values: number[] = [];
  return {
    push(raw, file, line) {
      const value = read(raw);
      if (value === undefined) throw unreadableCell(column, raw, wanted, file, line);
      values.push(value);
    },
    take() {
      const taken = Float64Array.from(values);
      values = [];
      return taken;
    },
  };
}

function readNumber(raw: RawCell): number | undefined {
  if (typeof raw === "string") {
    const text = raw.trim();
    const value = text === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && !(text.charCodeAt(1) > NINE && RADIX.test(text))) return value;
    if (MISSING.has(text.toLowerCase())) return Number.NaN;
    const infinite = INFINITY.exec(text);
    return infinite === null ? undefined : infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (raw === null || raw === undefined) return Number.NaN;
  return typeof raw === "number" || typeof raw === "bigint" ? Number(raw) : undefined;
}

function readBool(raw: RawCell): number | undefined {
  if (typeof raw === "boolean") return raw ? 1 : 0;
  if (typeof raw === "number" || typeof raw === "bigint") return Number(raw);
  const text = typeof raw === "string" ? raw.trim().toLowerCase() : "";
  if (text === "true" || text === "1") return 1;
  return text === "false" || text === "0" ? 0 : undefined;
}

function unreadableCell(column: string, raw: RawCell, wanted: string, file: string, line: number): QmtlError {
  return new QmtlError({
    code: "data.unreadable-cell",
    message: `Column "${column}" has ${typeof raw === "string" ? JSON.stringify(raw) : String(raw)} where ${wanted} belongs`,
    place: { file, line },
    next: "Correct the cell, or map the column to another header.",
  });
}

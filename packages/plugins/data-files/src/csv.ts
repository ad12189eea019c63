import { createReadStream } from "node:fs";
import { QmtlError } from "@qmtl/core/schema";

export interface CsvRecord {
  readonly fields: readonly string[];
  /** 1-based line on which the record begins. */
  readonly line: number;
}

export interface CsvOptions {
  readonly delimiter: string;
  /** The last line counts only when its end is written: somebody may be writing it. */
  readonly grows?: boolean;
  readonly signal: AbortSignal;
}

const LONGEST_RECORD = 1_048_576;

/**
 * The records of a CSV file (RFC 4180, read strictly), in groups as they come in. UTF-8 with or without a byte order mark; lines end in LF or CRLF; empty
 * lines are passed over; a quoted field may hold delimiters, quotes (doubled) and line ends.
 *
 * @throws `files.unreadable` (the file can't be read), `files.invalid-csv` with file and line
 */
export async function* readCsv(
  file: string,
  { delimiter, grows = false, signal }: CsvOptions,
): AsyncGenerator<CsvRecord[]> {
  const parser = createParser(file, delimiter);
  const decode = createDecoder(file, parser);
  const stream = createReadStream(file, { highWaterMark: 262_144, signal });
  try {
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      const records = parser.push(decode(bytes));
      if (records.length > 0) yield records;
    }
    if (grows) return;
    const records = [...parser.push(decode()), ...parser.end()];
    if (records.length > 0) yield records;
  } catch (error) {
    signal.throwIfAborted();
    throw isSystemError(error) ? unreadable(file, error) : error;
  }
}

/** Bytes to text as they come in; without any, what was left over at the end. @throws `files.invalid-csv` where they are no UTF-8 */
export function createDecoder(file: string, { line }: Pick<CsvParser, "line">): (bytes?: Uint8Array) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  return (bytes) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw invalid(file, line(), "is not UTF-8", "Save the file as UTF-8.", cause);
    }
  };
}

export function unreadable(file: string, cause: unknown): QmtlError {
  return new QmtlError({
    code: "files.unreadable",
    message: `The file can't be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
    place: { file },
    next: "Check that it is a file and that you may read it.",
    cause,
  });
}

export function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

export interface CsvParser {
  /** The records that are whole now. */
  push(text: string): CsvRecord[];
  /** What is left, for no more comes. */
  end(): CsvRecord[];
  line(): number;
}

const QUOTE = 34;
const CR = 13;
const LF = 10;

/** Keeps what is not yet a whole record; a record is cut out only when its end of line has been seen. */
export function createParser(file: string, delimiter: string): CsvParser {
  const mark = delimiter.charCodeAt(0);
  let rest = "";
  let line = 1;

  /** Most records: one line without quotes. */
  function plainRecord(text: string, from: number): { fields: string[]; next: number; lines: number } | undefined {
    const end = text.indexOf("\n", from);
    if (end === -1) return undefined;
    const content = text.slice(from, end > from && text.charCodeAt(end - 1) === CR ? end - 1 : end);
    if (content.includes('"') || content.includes("\r")) return undefined;
    return { fields: content.split(delimiter), next: end + 1, lines: 1 };
  }

  /** Parses one record at `from`; undefined when the text ends within it. */
  function record(
    text: string,
    from: number,
    final: boolean,
  ): { fields: string[]; next: number; lines: number } | undefined {
    const fields: string[] = [];
    let lines = 0;
    let at = from;
    for (;;) {
      if (text.charCodeAt(at) === QUOTE) {
        let field = "";
        let start = at + 1;
        for (;;) {
          const close = text.indexOf('"', start);
          if (close === -1) {
            if (final)
              throw invalid(
                file,
                line,
                "opens a quote that is never closed",
                "Close the quote, or double it within one.",
              );
            return undefined;
          }
          field += text.slice(start, close);
          if (text.charCodeAt(close + 1) !== QUOTE) {
            at = close + 1;
            break;
          }
          field += '"';
          start = close + 2;
        }
        for (let i = field.indexOf("\n"); i !== -1; i = field.indexOf("\n", i + 1)) lines++;
        fields.push(field);
      } else {
        const start = at;
        for (; at < text.length; at++) {
          const code = text.charCodeAt(at);
          if (code === mark || code === LF || code === CR) break;
          if (code === QUOTE)
            throw invalid(
              file,
              line + lines,
              "has a quote within a field that is not quoted",
              "Quote the whole field and double the quote.",
            );
        }
        fields.push(text.slice(start, at));
      }
      if (at >= text.length) return final ? { fields, next: at, lines } : undefined;
      const code = text.charCodeAt(at);
      if (code === mark) {
        at++;
        continue;
      }
      if (code === LF) return { fields, next: at + 1, lines: lines + 1 };
      if (code === CR) {
        if (at + 1 >= text.length && !final) return undefined;
        if (text.charCodeAt(at + 1) === LF) return { fields, next: at + 2, lines: lines + 1 };
        throw invalid(file, line + lines, "holds a carriage return that ends no line", "End lines in LF or CRLF.");
      }
      throw invalid(
        file,
        line + lines,
        "goes on after a closing quote",
        "Quote the whole field and double the quotes within.",
      );
    }
  }

  function drain(text: string, final: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let from = 0;
    while (from < text.length) {
      const found = plainRecord(text, from) ?? record(text, from, final);
      if (found === undefined) break;
      if (found.fields.length > 1 || found.fields[0] !== "") records.push({ fields: found.fields, line });
      line += found.lines;
      from = found.next;
    }
    rest = text.slice(from);
    if (rest.length > LONGEST_RECORD)
      throw invalid(
        file,
        line,
        `begins a record longer than ${LONGEST_RECORD} characters`,
        "Look for a quote that is never closed.",
      );
    return records;
  }

  return {
    push: (text) => drain(rest + text, false),
    end: () => drain(rest, true),
    line: () => line,
  };
}

function invalid(file: string, line: number, what: string, next: string, cause?: unknown): QmtlError {
  return new QmtlError({
    code: "files.invalid-csv",
    message: `The line ${what}`,
    place: { file, line },
    next,
    ...(cause !== undefined && { cause }),
  });
}

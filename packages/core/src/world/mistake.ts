import { type ErrorPlace, QmtlError, type QmtlErrorJson } from "../schema/error.ts";

/** One mistake of a world file, at offsets of its text (UTF-16 code units). */
export interface Mistake {
  /** `world.unknown-key`, `world.out-of-range`… */
  readonly code: string;
  /** A sentence without its full stop. */
  readonly message: string;
  /** Path in the document, `policy.gates.trades`; `""` for the whole. */
  readonly path: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly next: string;
  /** The other place that it is about: the first of two equal keys. The message gets its line. */
  readonly other?: { readonly from: number; readonly to: number };
}

/** A mistake with its place, as the editor and the error show it. Lines and columns are 1-based. */
export interface LocatedMistake extends Mistake {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Turns offsets of one text into lines and columns. */
export interface Lines {
  at(offset: number): { readonly line: number; readonly column: number };
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    at(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
  };
}

/** In the order of the text. */
export function locate(mistakes: readonly Mistake[], lines: Lines): readonly LocatedMistake[] {
  return [...mistakes]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map((mistake) => {
      const start = lines.at(mistake.from);
      const end = lines.at(mistake.to);
      const message =
        mistake.other === undefined
          ? mistake.message
          : `${mistake.message}, first at line ${lines.at(mistake.other.from).line}`;
      return { ...mistake, message, ...start, endLine: end.line, endColumn: end.column };
    });
}

/** More than this is noise: the rest is counted. */
const SHOWN = 100;

/** Every mistake of a world file as one error, `world.invalid`. */
export function invalidWorld(file: string, mistakes: readonly LocatedMistake[]): QmtlError {
  const shown = mistakes.slice(0, SHOWN);
  const [first] = shown;
  const rest = mistakes.length - 1;
  const at = first === undefined ? "" : ` at line ${first.line}, column ${first.column}: ${first.message}`;
  const more = rest > 0 ? ` (and ${rest} more ${rest === 1 ? "mistake" : "mistakes"})` : "";
  return new QmtlError({
    code: "world.invalid",
    message: `The world file ${file} is not valid${at}${more}`,
    ...(first !== undefined && { place: placeOf(file, first), next: first.next }),
    details: shown.map(
      (mistake): QmtlErrorJson => ({
        code: mistake.code,
        message: mistake.message,
        place: placeOf(file, mistake),
        next: mistake.next,
      }),
    ),
  });
}

function placeOf(file: string, mistake: LocatedMistake): ErrorPlace {
  const place = { file, line: mistake.line, column: mistake.column };
  return mistake.path === "" ? place : { ...place, path: mistake.path };
}

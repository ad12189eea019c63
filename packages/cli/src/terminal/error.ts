import { isAbsolute, relative, sep } from "node:path";
import { type ErrorPlace, isQmtlError, type QmtlErrorJson } from "@qmtl/core/schema";
import type pc from "picocolors";

/** What picocolors makes, with or without colour. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Exit codes: 0 active, inactive, applying; 1 rejected; 2 usage or configuration; 3 failed. */
export const EXIT = { fine: 0, rejected: 1, usage: 2, failed: 3 } as const;

/** Any thrown value as the JSON of an error. */
export function errorJson(error: unknown): QmtlErrorJson {
  if (isQmtlError(error)) return error.toJSON();
  return {
    code: "internal.unexpected",
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    next: "This is a fault of QMTL. Run again with QMTL_DEBUG=1 and report the stack.",
    class: "failed",
  };
}

export function exitCodeOf({ class: kind }: QmtlErrorJson): number {
  return kind === "rejected" ? EXIT.rejected : kind === "failed" ? EXIT.failed : EXIT.usage;
}

/** `error[code]: sentence`, the place, every detail, the next step. */
export function renderError(error: QmtlErrorJson, colors: Colors): string {
  const lines = [`${colors.red(colors.bold(`error[${error.code}]`))}: ${error.message}`];
  const place = renderPlace(error.place);
  if (place !== "") lines.push(`  at ${place}`);
  // A file with one mistake: the sentence above has said it.
  const { details = [] } = error;
  const alone = details.length === 1 && renderPlace(details[0]?.place) === place;
  for (const detail of alone ? [] : details) {
    const where = renderPlace(detail.place);
    lines.push(
      `  - ${where === "" ? "" : `${where}: `}${detail.message}${detail.next === undefined ? "" : ` ${colors.dim(detail.next)}`}`,
    );
  }
  if (error.next !== undefined) lines.push(`  ${colors.cyan("next:")} ${error.next}`);
  return lines.join("\n");
}

/** `worlds/a.yml:3:5, node "trend", symbol SPX, bar 2008-10-10T20:00:00.000Z` */
export function renderPlace(place: ErrorPlace | undefined): string {
  if (place === undefined) return "";
  const parts: string[] = [];
  if (place.file !== undefined)
    parts.push([shownFile(place.file), place.line, place.column].filter((part) => part !== undefined).join(":"));
  if (place.path !== undefined) parts.push(place.path);
  if (place.world !== undefined) parts.push(`world ${place.world}`);
  if (place.preset !== undefined) parts.push(`preset ${place.preset}`);
  if (place.strategy !== undefined) parts.push(`strategy ${place.strategy}`);
  if (place.node !== undefined) parts.push(`node "${place.node}"`);
  if (place.symbol !== undefined) parts.push(`symbol ${place.symbol}`);
  if (place.bar !== undefined) parts.push(`bar ${new Date(place.bar).toISOString()}`);
  if (place.plugin !== undefined)
    parts.push(`plugin ${place.plugin}${place.method === undefined ? "" : ` (${place.method})`}`);
  return parts.join(", ");
}

/** Plugins name files in full; a person stands in the project. */
function shownFile(file: string): string {
  const shown = relative(process.cwd(), file);
  return isAbsolute(file) && !shown.startsWith("..") && !isAbsolute(shown) ? shown.split(sep).join("/") : file;
}

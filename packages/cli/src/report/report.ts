import { writeFileSync } from "node:fs";
import { QmtlError } from "@qmtl/core/schema";
import type { Outcome } from "../cli.ts";
import { EXIT } from "../terminal/error.ts";
import { formatNumber } from "../terminal/number.ts";
import { renderReport } from "../terminal/report.ts";
import { pageAssets } from "./assets.ts";
import { findRun } from "./find-run.ts";
import { tearsheetPage } from "./page/page.ts";
import { tearsheetOf } from "./tearsheet.ts";
import { tearsheetJson } from "./tearsheet-json.ts";

export interface ReportOptions {
  readonly world?: string;
  /** A file to write the page to. */
  readonly html?: string;
}

/**
 * Finds a run and shows it, or writes it as a page.
 *
 * @throws what {@link findRun} throws, `report.unwritable`
 */
export async function report(wanted: string, { world, html: file }: ReportOptions): Promise<Outcome> {
  const sheet = tearsheetOf(await findRun(wanted, world));
  if (file === undefined)
    return { exitCode: EXIT.fine, json: tearsheetJson(sheet), text: (colors) => renderReport(sheet, colors) };
  const page = tearsheetPage(sheet, await pageAssets());
  const bytes = write(file, page);
  const { strategy, world: judged, evalKey } = sheet.view;
  return {
    exitCode: EXIT.fine,
    json: { file, bytes, strategy, world: judged, evalKey },
    text: (colors) =>
      `${colors.green("wrote")} ${file} (${formatNumber(Math.ceil(bytes / 1024))} kB): open it in any browser, it loads nothing else`,
  };
}

/** @throws `report.unwritable` */
function write(file: string, page: string): number {
  const bytes = Buffer.from(page);
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = { ENOENT: "its folder is not there", EISDIR: "it is a folder", ENOSPC: "the disk is full" }[code ?? ""];
    throw new QmtlError({
      code: "report.unwritable",
      message: `${file} can't be written: ${why ?? (error instanceof Error ? error.message : String(error))}`,
      place: { file },
      next: "Name a file in a folder that this user may write.",
      class: code === "ENOSPC" ? "failed" : "usage",
      cause: error,
    });
  }
  return bytes.length;
}

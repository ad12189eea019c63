import { writeFileSync } from "node:fs";
import { QmtlError } from "@qmtl/core/schema";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { pageAssets } from "../report/assets.ts";
import { findRun } from "../report/find-run.ts";
import { tearsheetPage } from "../report/page/page.ts";
import { tearsheetOf } from "../report/tearsheet.ts";
import { tearsheetJson } from "../report/tearsheet-json.ts";
import { EXIT } from "../terminal/error.ts";
import { formatNumber } from "../terminal/number.ts";
import { renderReport } from "../terminal/report.ts";

interface ReportOptions {
  readonly world?: string;
  readonly html?: string;
}

export function reportCommand(program: Command, register: Register): void {
  const command = program
    .command("report <run>")
    .description("what a run came to: curves, months, drawdowns, trades, costs, gates, provenance")
    .option("--world <id>", "the world, where several have such a run")
    .option("--html <file>", "write it as one page that needs no network, and no script to be read")
    .addHelpText(
      "after",
      "\n<run> is a strategy's name (its newest evaluation), or the beginning of an EvalKey or of a version digest, at least 4 digits.",
    );
  register(command, async (_context, run: string, { world, html: file }: ReportOptions) => {
    const sheet = tearsheetOf(await findRun(run, world));
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
  });
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

import { writeFileSync } from "node:fs";
import { QmtlError } from "@qmtl/core/schema";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { parseGrid } from "../sweep/grid.ts";
import { sweepCsv } from "../sweep/sweep-csv.ts";
import { sweepFile } from "../sweep/sweep-file.ts";
import { EXIT } from "../terminal/error.ts";
import { createProgress } from "../terminal/progress.ts";
import { renderSweepResult } from "../terminal/sweep-result.ts";
import { parseParams } from "./params.ts";

interface SweepOptions {
  readonly world: string;
  readonly grid: readonly string[];
  readonly param?: readonly string[];
  readonly dataPreset?: string;
  readonly asOf?: string;
  readonly sort?: string;
  readonly top?: string;
  readonly workers?: string;
  readonly csv?: string;
  readonly html?: string;
  readonly confirm?: boolean;
}

const repeated = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

export function sweepCommand(program: Command, register: Register): void {
  const command = program
    .command("sweep <file>")
    .description("try every combination of a grid of params; each is a trial of the world, none a candidate")
    .requiredOption("--world <id>", "the world, by the id of its file in worlds/")
    .requiredOption("--grid <name=values>", "fast=5..50:5 or side=both,long-only; once per param", repeated)
    .option("--param <name=value>", "a param that stays; may be repeated", repeated)
    .option("--sort <metric>", "the metric that sorts the rows (default: sharpe)")
    .option("--top <count>", "rows that are weighed against all trials (default: 20)")
    .option("--workers <count>", "processes that replay (default: one per processor)")
    .option("--csv <file>", "write all rows as CSV")
    .option("--html <file>", "write maps over the params and the best rows as one page that needs no network")
    .option("--data-preset <id>", "the data preset of the world, where several fit a stream")
    .option("--as-of <instant>", "try on what was known then")
    .option("--confirm", "go on with more than 10,000 combinations");
  register(command, async ({ json }, file: string, options: SweepOptions) => {
    const axes = parseGrid(options.grid);
    const top = whole("--top", options.top, 0);
    const workers = whole("--workers", options.workers, 1);
    const progress = createProgress(process.stderr, json && !process.stderr.isTTY);
    const cancel = new AbortController();
    const stop = (): void => {
      process.stderr.write("\nEnding after the batch under way; press again to end at once.\n");
      cancel.abort();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    const result = await sweepFile(file, {
      world: options.world,
      axes,
      signal: cancel.signal,
      ...(options.param !== undefined && { params: parseParams(options.param) }),
      ...(options.dataPreset !== undefined && { dataPreset: options.dataPreset }),
      ...(options.asOf !== undefined && { asOf: options.asOf }),
      ...(options.sort !== undefined && { sort: options.sort }),
      ...(top !== undefined && { top }),
      ...(workers !== undefined && { workers }),
      ...(options.confirm === true && { confirmed: true }),
      phase: (what) => (what === "" ? progress.done() : progress.phase(what)),
      onProgress: (done, of) => progress.update(`${done} of ${of} combinations`),
      timings: progress.timings,
    }).finally(() => {
      progress.done();
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    });
    if (options.csv !== undefined) writeOut(options.csv, sweepCsv(result));
    if (options.html !== undefined) {
      const { sweepPage } = await import("../report/page/sweep-page.ts");
      writeOut(options.html, sweepPage(result));
    }
    return {
      exitCode: result.status === "cancelled" ? EXIT.failed : EXIT.fine,
      json: result,
      text: (colors) => renderSweepResult(result, file, colors),
    };
  });
}

function whole(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new QmtlError({
    code: "cli.usage",
    message: `${name} is ${JSON.stringify(text)}`,
    next: `Give a whole number from ${least}.`,
  });
}

function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new QmtlError({
      code: "cli.unwritable",
      message: `${file} can't be written: ${(error as Error).message}`,
      place: { file },
      next: "The trials are recorded: run the same command with another file, it takes no time.",
      class: "failed",
      cause: error,
    });
  }
}

import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { datasetFile } from "../dataset/dataset-file.ts";
import { type DatasetManifest, writeDataset } from "../dataset/write-dataset.ts";
import { type Colors, EXIT } from "../terminal/error.ts";
import { createProgress } from "../terminal/progress.ts";
import { parseParams } from "./params.ts";

interface DatasetOptions {
  readonly world: string;
  readonly out: string;
  readonly dataPreset?: string;
  readonly asOf?: string;
  readonly param?: readonly string[];
}

export function datasetCommand(program: Command, register: Register): void {
  const command = program
    .command("dataset <file>")
    .description("build the dataset of a strategy: features, and labels that are known only later, for training")
    .requiredOption("--world <id>", "the world whose data it is built from, by the id of its file in worlds/")
    .requiredOption("--out <folder>", "a new folder for data.csv and manifest.json")
    .option("--data-preset <id>", "the data preset of the world, where several fit a stream")
    .option("--as-of <instant>", "build on what was known then: 2020-04-17 or 2020-04-17T20:00:00Z")
    .option(
      "--param <name=value>",
      "a param of the strategy; may be repeated",
      (value: string, all: readonly string[] = []) => [...all, value],
    );
  register(command, async ({ json }, file: string, options: DatasetOptions) => {
    const progress = createProgress(process.stderr, json && !process.stderr.isTTY);
    const built = await datasetFile(file, {
      world: options.world,
      ...(options.dataPreset !== undefined && { dataPreset: options.dataPreset }),
      ...(options.asOf !== undefined && { asOf: options.asOf }),
      ...(options.param !== undefined && { params: parseParams(options.param) }),
      phase: (what) => (what === "" ? progress.done() : progress.phase(what)),
    }).finally(() => progress.done());
    const manifest = writeDataset(options.out, built);
    return { exitCode: EXIT.fine, json: manifest, text: (colors) => rendered(manifest, options.out, colors) };
  });
}

function rendered({ dataset, rows, symbols, as_of, columns }: DatasetManifest, folder: string, c: Colors): string {
  const named = (role: "feature" | "label"): string =>
    columns.flatMap((column) => (column.role === role ? [column.name] : [])).join(", ") || "none";
  const of = symbols.length === 1 && symbols[0] === "" ? "the market" : symbols.join(", ");
  return [
    `${c.green("built")} ${dataset}: ${rows} rows of ${of}, as known ${as_of}`,
    `  features  ${named("feature")}`,
    `  labels    ${named("label")}, known only later: see the columns that end in .known`,
    `  ${folder}/data.csv, ${folder}/manifest.json`,
  ].join("\n");
}

import { importWorldData, type StoredSeriesView } from "@qmtl/core";
import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { type Colors, EXIT } from "../terminal/error.ts";
import { formatNumber } from "../terminal/number.ts";
import { createProgress } from "../terminal/progress.ts";
import { renderTable } from "../terminal/table.ts";
import { withWorld } from "./opened-world.ts";

interface DataOptions {
  readonly world: string;
  readonly preset?: string;
}

export function dataCommands(program: Command, register: Register): void {
  const data = program.command("data").description("look at history, and bring it into the column store");
  const described: readonly (readonly [name: "coverage" | "import", description: string])[] = [
    ["coverage", "what history a world's presets have: spans, holes by the calendar, findings"],
    ["import", "bring a world's history into the column store; what is there and unchanged stays"],
  ];
  for (const [name, description] of described) {
    const command = data
      .command(name)
      .description(description)
      .requiredOption("--world <id>", "the world whose presets are meant")
      .option("--preset <id>", "one data preset of the world (default: all)");
    register(command, async ({ json }, { world, preset }: DataOptions) => {
      const progress = createProgress(process.stderr, json);
      const series = await withWorld(world, (loaded) =>
        importWorldData(loaded, {
          signal: new AbortController().signal,
          onImport: (symbol) => progress.phase(`Importing ${symbol}`),
          ...(preset !== undefined && { preset }),
        }),
      ).finally(() => progress.done());
      return {
        exitCode: EXIT.fine,
        json: { world, series },
        text: (colors) => (name === "coverage" ? renderCoverage(series, colors) : renderImport(series, colors)),
      };
    });
  }
}

function renderCoverage(series: readonly StoredSeriesView[], colors: Colors): string {
  const table = renderTable(
    [
      { title: "preset" },
      { title: "symbol" },
      { title: "interval" },
      { title: "calendar" },
      { title: "bars", align: "right" },
      { title: "from" },
      { title: "to" },
      { title: "holes", align: "right" },
    ],
    series.map((one) => [
      one.preset,
      one.symbol,
      one.interval,
      one.calendar,
      formatNumber(one.bars),
      one.from ?? "nothing",
      one.to ?? "nothing",
      String(Math.max(0, one.covered.length - 1)),
    ]),
  );
  const findings = series.flatMap(({ symbol, findings: found }) =>
    found.map(
      ({ kind, count, example }) =>
        `  ${symbol}: ${count} x ${kind}${example === null ? "" : colors.dim(`, first: ${example}`)}`,
    ),
  );
  return findings.length === 0 ? table : [table, "", colors.bold("Findings"), ...findings].join("\n");
}

function renderImport(series: readonly StoredSeriesView[], colors: Colors): string {
  return renderTable(
    [{ title: "preset" }, { title: "symbol" }, { title: "bars", align: "right" }, { title: "import" }],
    series.map(({ preset, symbol, bars, imported }) => [
      preset,
      symbol,
      formatNumber(bars),
      imported === null ? colors.dim("in the store already") : `${colors.green("imported")}: ${imported}`,
    ]),
  );
}

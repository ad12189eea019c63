import type { Command } from "commander";
import type { Register } from "../cli.ts";
import type { ReportOptions } from "../report/report.ts";

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
  register(command, async (_context, run: string, options: ReportOptions) => {
    // Loaded when it is asked for, so that every other command starts without it.
    const { report } = await import("../report/report.ts");
    return report(run, options);
  });
}

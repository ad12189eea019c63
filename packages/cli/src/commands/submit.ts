import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { submitFile } from "../submit-file.ts";
import { EXIT } from "../terminal/error.ts";
import { createProgress } from "../terminal/progress.ts";
import { renderSubmitResult } from "../terminal/submit-result.ts";
import { parseParams } from "./params.ts";
import { parseSeconds } from "./seconds.ts";

interface SubmitOptions {
  readonly world: string;
  readonly dataPreset?: string;
  readonly asOf?: string;
  readonly param?: readonly string[];
  readonly mode?: string;
  readonly wait?: number;
}

export function submitCommand(program: Command, register: Register): void {
  const command = program
    .command("submit <file>")
    .description("submit a strategy to a world: backtest, evaluate, decide, activate")
    .requiredOption("--world <id>", "the world, by the id of its file in worlds/")
    .option("--data-preset <id>", "the data preset of the world, where several fit a stream")
    .option(
      "--as-of <instant>",
      "judge on what was known then: 2020-04-17 (end of that UTC day) or 2020-04-17T20:00:00Z",
    )
    .option(
      "--param <name=value>",
      "a param of the strategy; may be repeated",
      (value: string, all: readonly string[] = []) => [...all, value],
    )
    .option(
      "--wait <seconds>",
      "how long to wait for runners that an apply needs; then the status is applying (default: 60)",
      parseSeconds,
    )
    .option("--mode <hint>", "what you would like the world to do; recorded, never obeyed");
  register(command, async ({ json }, file: string, options: SubmitOptions) => {
    const progress = createProgress(process.stderr, json && !process.stderr.isTTY);
    const result = await submitFile(file, {
      world: options.world,
      ...(options.dataPreset !== undefined && { dataPreset: options.dataPreset }),
      ...(options.asOf !== undefined && { asOf: options.asOf }),
      ...(options.param !== undefined && { params: parseParams(options.param) }),
      ...(options.wait !== undefined && { wait: options.wait }),
      ...(options.mode !== undefined && { requested: options.mode }),
      phase: (what) => (what === "" ? progress.done() : progress.phase(what)),
      timings: progress.timings,
    }).finally(() => progress.done());
    return {
      exitCode: result.status === "rejected" ? EXIT.rejected : result.status === "failed" ? EXIT.failed : EXIT.fine,
      json: result,
      text: (colors) => renderSubmitResult(result, colors),
    };
  });
}

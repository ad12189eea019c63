import type { RunEvent } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import { type Command, Option } from "commander";
import type { Register } from "../cli.ts";
import { metricsPortOption, withMetrics } from "../metrics/metrics-port.ts";
import { runFile } from "../run/run-file.ts";
import { EXIT } from "../terminal/error.ts";
import { createRunOutput, renderStopped } from "../terminal/run-output.ts";
import { parseParams } from "./params.ts";

interface RunOptions {
  readonly world: string;
  readonly feed: "live" | "replay";
  readonly speed?: string;
  readonly from?: string;
  readonly until?: string;
  readonly once?: boolean;
  readonly session?: string;
  readonly dataPreset?: string;
  readonly param?: readonly string[];
  readonly verbose?: boolean;
  readonly metricsPort?: number;
}

export function runCommand(program: Command, register: Register): void {
  const command = program
    .command("run <file>")
    .description("run a strategy in a world: bar by bar, on paper as far as the world lets it, until it is stopped")
    .requiredOption("--world <id>", "the world, by the id of its file in worlds/")
    .addOption(
      new Option("--feed <kind>", "live: bars as they come in; replay: recorded bars, one by one")
        .choices(["live", "replay"])
        .default("live"),
    )
    .option("--speed <factor>", "of a replay: how many times faster than the bars once came, or max (default: max)")
    .option("--from <instant>", "of a replay: decide from this bar on; what is before only warms up")
    .option("--until <instant>", "stop after the last bar that ends by then")
    .option("--once", "trade the bars that are there, then leave")
    .option("--session <name>", "name of the session and its account (default: the strategy's name)")
    .option("--data-preset <id>", "the data preset of the world, where several fit a stream")
    .option(
      "--param <name=value>",
      "a param of the strategy; may be repeated",
      (value: string, all: readonly string[] = []) => [...all, value],
    )
    .option("--verbose", "one line per bar")
    .addOption(metricsPortOption())
    .addHelpText(
      "after",
      `
SIGTERM and SIGINT drain: the bar under way is finished and recorded, orders that wait are taken back, the session says goodbye, exit code 0.
Started again, also after kill -9, it goes on where its account was left. With --json, one JSON object per line: see docs/run.md.`,
    );
  register(command, async ({ json, colors }, file: string, options: RunOptions) => {
    const { feed } = options;
    if (feed === "live") refuseOfReplay({ speed: options.speed, from: options.from });
    const stop = new AbortController();
    const drain = (): void => stop.abort();
    process.once("SIGTERM", drain);
    process.once("SIGINT", drain);
    const output = createRunOutput({ json, verbose: options.verbose === true, colors });
    let last: RunEvent | undefined;
    try {
      await withMetrics(options.metricsPort, () =>
        runFile(file, {
          world: options.world,
          feed,
          speed: parseSpeed(options.speed ?? "max"),
          once: options.once === true,
          ...(options.from !== undefined && { from: dayStart(options.from) }),
          ...(options.until !== undefined && { until: options.until }),
          ...(options.session !== undefined && { session: options.session }),
          ...(options.dataPreset !== undefined && { dataPreset: options.dataPreset }),
          ...(options.param !== undefined && { params: parseParams(options.param) }),
          stop: stop.signal,
          tell: (event) => {
            last = event;
            if (event.kind !== "stopped") output.tell(event);
          },
        }),
      );
    } finally {
      process.removeListener("SIGTERM", drain);
      process.removeListener("SIGINT", drain);
      output.done();
    }
    return { exitCode: EXIT.fine, json: last, text: (painted) => renderStopped(last, painted) };
  });
}

/** @throws `cli.invalid-speed` */
function parseSpeed(text: string): number {
  const speed = text === "max" ? Number.POSITIVE_INFINITY : Number(text);
  if (speed > 0) return speed;
  throw new QmtlError({
    code: "cli.invalid-speed",
    message: `${JSON.stringify(text)} is no speed`,
    next: "Write --speed max, or how many times faster than the bars once came, such as --speed 3600.",
  });
}

/** A bare date begins with its day; of an instant of knowledge it would be the end. */
function dayStart(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
}

/** @throws `cli.of-replay` */
function refuseOfReplay(options: Readonly<Record<string, string | undefined>>): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new QmtlError({
    code: "cli.of-replay",
    message: `--${name} is of a replay: live bars come when they come`,
    next: `Add --feed replay, or leave out --${name}.`,
  });
}

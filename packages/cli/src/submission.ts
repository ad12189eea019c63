/** The commands that somebody waits for, in a bundle of their own that is loaded as V8 compiled it. */
import { runCli } from "./cli.ts";
import { submitCommand } from "./commands/submit.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { prepareIsolate } from "./isolate/spare.ts";
import { prepareReader } from "./read/reader.ts";
import { EXIT } from "./terminal/error.ts";

export interface SubmissionRun {
  readonly exitCode: number;
  /** It came to a verdict: what that takes has run. */
  readonly judged: boolean;
}

/** Runs the command line of `submit` or `sweep`. */
export async function runSubmission(words: readonly string[]): Promise<SubmissionRun> {
  // First of all: what a submission waits for comes up beside this thread.
  const [, file] = words;
  prepareReader({ cwd: process.cwd(), ...(file !== undefined && !file.startsWith("-") && { file }) });
  prepareIsolate();
  const exitCode = await runCli(words, { submit: () => submitCommand, sweep: () => sweepCommand });
  const judged = (exitCode === EXIT.fine || exitCode === EXIT.rejected) && !words.includes("--help");
  return { exitCode, judged };
}

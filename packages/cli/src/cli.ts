import { QMTL_VERSION } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import { Command, CommanderError, Option } from "commander";
import pc from "picocolors";
import { type Colors, EXIT, errorJson, exitCodeOf, renderError } from "./terminal/error.ts";
import { print } from "./terminal/print.ts";
import { armWatchdog } from "./watchdog/watchdog.ts";

/** What a command prints and how it ends. */
export interface Outcome {
  readonly exitCode: number;
  /** Standard output of `--json`: one object. Nothing, from a command that spoke for itself. */
  readonly json: unknown;
  /** Standard output for people. Nothing, from a command that spoke for itself. */
  readonly text: (colors: Colors) => string | undefined;
}

export interface CommandContext {
  readonly json: boolean;
  readonly colors: Colors;
}

/** Registers a command: `run` gets the arguments and options, and what it returns is printed. */
export type Register = (
  command: Command,
  run: (context: CommandContext, ...args: never[]) => Promise<Outcome> | Outcome,
) => void;

/** Commands by their first word, in the order of the help. Only the one that is meant is loaded. */
export type Commands = Readonly<Record<string, () => LoadedCommand | Promise<LoadedCommand>>>;

type LoadedCommand = (program: Command, register: Register) => void;

/**
 * Runs one command line.
 *
 * @returns the exit code: 0 fine (active, inactive, applying), 1 rejected, 2 usage or configuration, 3 failed
 */
export async function runCli(argv: readonly string[], commands: Commands): Promise<number> {
  const colors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
  let exitCode: number = EXIT.fine;
  let help = "";
  const program = new Command("qmtl")
    .description("Submit strategies to worlds: one call, one result.")
    .version(QMTL_VERSION, "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: () => {},
    })
    .showHelpAfterError(false)
    .helpCommand("help [command]", "Show help for a command");
  program.addHelpText(
    "after",
    "\nExit codes: 0 active, inactive or applying; 1 rejected; 2 usage or configuration; 3 failed.",
  );

  const register: Register = (command, run) => {
    command
      .addOption(new Option("--json", "print one JSON object instead of text"))
      .action(async (...args: unknown[]) => {
        const options = command.opts<{ json?: boolean }>();
        const context = { json: options.json === true, colors };
        armWatchdog({ json: context.json, color: pc.isColorSupported && process.stderr.isTTY === true });
        const outcome = await run(context, ...(args.slice(0, -1) as never[]));
        exitCode = outcome.exitCode;
        const text = context.json ? JSON.stringify(outcome.json) : outcome.text(colors);
        if (text !== undefined) await print(text);
      });
  };
  const [first = ""] = argv;
  const wanted = Object.hasOwn(commands, first) ? [commands[first]!] : Object.values(commands);

  try {
    for (const load of wanted) (await load())(program, register);
    if (argv.length === 0) program.help();
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await print(help.trimEnd());
      return EXIT.fine;
    }
    const json = errorJson(error instanceof CommanderError ? usage(error, argv) : error);
    if (argv.includes("--json")) await print(JSON.stringify({ error: json }));
    process.stderr.write(
      `${renderError(json, pc.createColors(pc.isColorSupported && process.stderr.isTTY === true))}\n`,
    );
    if (process.env["QMTL_DEBUG"] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return exitCodeOf(json);
  }
}

function usage(error: CommanderError, argv: readonly string[]): QmtlError {
  const command = argv
    .filter((word) => !word.startsWith("-"))
    .slice(0, 2)
    .join(" ");
  if (error.code === "commander.help")
    return new QmtlError({
      code: "cli.usage",
      message: `qmtl ${command} needs a command`.replace("  ", " "),
      next: `qmtl ${command} --help`.replace("  ", " "),
    });
  const [message = "", hint] = error.message.replace(/^error: /, "").split("\n");
  return new QmtlError({
    code: "cli.usage",
    message,
    next: hint?.replace(/[()]/g, "") ?? "Run the command with --help to see what it takes.",
  });
}

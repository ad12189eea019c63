import { fileURLToPath } from "node:url";
import { loadCompiled } from "./compiled/load-compiled.ts";

const words = process.argv.slice(2);
const debug = process.env["QMTL_DEBUG"] !== undefined;
// Stacks in the words of the source, where someone is going to read them: Node maps those of the modules that it has loaded itself.
if (debug) process.setSourceMapsEnabled(true);

async function run(): Promise<number> {
  if (!debug && (words[0] === "submit" || words[0] === "sweep")) {
    const { exports, keep } = loadCompiled(fileURLToPath(new URL("./submission.cjs", import.meta.url)));
    const { exitCode, judged } = await (exports as typeof import("./submission.ts")).runSubmission(words);
    if (judged) keep();
    return exitCode;
  }
  const [{ runCli }, { COMMANDS }] = await Promise.all([import("./cli.ts"), import("./commands/commands.ts")]);
  return runCli(words, COMMANDS);
}

// A plugin may leave timers and sockets behind; everything that was printed has left this process.
process.exit(await run());

import { prepareIsolate } from "./isolate/spare.ts";
import { prepareReader } from "./read/reader.ts";

// Stacks in the words of the source, where someone is going to read them.
if (process.env["QMTL_DEBUG"] !== undefined) process.setSourceMapsEnabled(true);

const words = process.argv.slice(2);
// Before this thread loads anything: what a submission or a sweep waits for comes up beside it.
if (words[0] === "submit" || words[0] === "sweep") {
  prepareReader({ cwd: process.cwd() });
  prepareIsolate();
}
const { runCli } = await import("./cli.ts");

// A plugin may leave timers and sockets behind; everything that was printed has left this process.
process.exit(await runCli(words));

import { runCli } from "./cli.ts";

// Stacks in the words of the source, where someone is going to read them.
if (process.env["QMTL_DEBUG"] !== undefined) process.setSourceMapsEnabled(true);

// A plugin may leave timers and sockets behind; everything that was printed has left this process.
process.exit(await runCli(process.argv.slice(2)));

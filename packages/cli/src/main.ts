import { runCli } from "./cli.ts";

// A plugin may leave timers and sockets behind; everything that was printed has left this process.
process.exit(await runCli(process.argv.slice(2)));

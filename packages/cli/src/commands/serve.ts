import type { Command } from "commander";
import type { Register } from "../cli.ts";
import { EXIT } from "../terminal/error.ts";

export function serveCommand(program: Command, register: Register): void {
  const command = program
    .command("serve")
    .description("serve this project to an editor: submit, preview, worlds, runs, reports, as JSON-RPC")
    .requiredOption("--stdio", "speak on standard input and output");
  register(command, async () => {
    // Standard output belongs to the protocol: what a configuration or a plugin prints goes to standard error.
    const output = process.stdout;
    const write = output.write.bind(output);
    const { Writable } = await import("node:stream");
    const wire = new Writable({
      write: (chunk, encoding, done) => {
        write(chunk, encoding, (error) => done(error ?? null));
      },
    });
    output.write = process.stderr.write.bind(process.stderr) as typeof output.write;
    const { serveProject } = await import("../serve/server.ts");
    await serveProject({ cwd: process.cwd(), input: process.stdin, output: wire });
    return { exitCode: EXIT.fine, json: undefined, text: () => undefined };
  });
}

import { QMTL_VERSION } from "@qmtl/core";
import { QmtlError } from "@qmtl/core/schema";
import type { Command } from "commander";

export function lspCommand(program: Command): void {
  program
    .command("lsp")
    .description("the language server, for editors: diagnostics, fixes and navigation while a strategy is written")
    .option("--stdio", "speak the Language Server Protocol on standard input and output")
    .action(async ({ stdio }: { readonly stdio?: boolean }) => {
      if (stdio !== true)
        throw new QmtlError({
          code: "cli.usage",
          message: "qmtl lsp needs to know how the editor speaks to it",
          next: "Start it with --stdio; docs/editors.md says how editors are told.",
        });
      const { serveStdio } = await import("@qmtl/lsp/server");
      const { typesWorker } = await import("../check/types.ts");
      serveStdio(QMTL_VERSION, typesWorker());
      // It ends with the editor.
      await new Promise(() => {});
    });
}

import { type CodeLens, type ExtensionContext, type LogOutputChannel, Uri, window, workspace } from "vscode";
import { CloseAction, ErrorAction, type ErrorHandler, LanguageClient, TransportKind } from "vscode-languageclient/node";
import { lensTitle } from "./lens-title.ts";
import type { Results } from "./results.ts";

/** The server that analyses, and never runs what it reads: it works in restricted mode as well. */
export function createLanguageClient(
  context: ExtensionContext,
  results: Results,
  output: LogOutputChannel,
): LanguageClient {
  const module = context.asAbsolutePath("dist/language-server.cjs");
  return new LanguageClient(
    "qmtl",
    "QMTL",
    { module, transport: TransportKind.stdio },
    {
      documentSelector: [
        { language: "typescript", scheme: "file" },
        { language: "typescript", scheme: "untitled" },
        { language: "javascript", scheme: "file" },
        { language: "yaml", pattern: "**/worlds/*.yml" },
      ],
      outputChannel: output,
      errorHandler: restarting(output),
      initializationOptions: { typescript: true, submitCommand: "qmtl.submit" },
      middleware: {
        provideCodeLenses: async (document, token, next) => {
          const lenses = await next(document, token);
          for (const lens of lenses ?? []) say(lens, results);
          return lenses;
        },
      },
    },
  );
}

/** Waits before the server is started again, ms; after as many ends it stays down. */
const BACK_OFF_MS = [0, 1_000, 4_000, 15_000] as const;

/** Starts a server that ended again, a little later each time, with one notice. */
function restarting(output: LogOutputChannel): ErrorHandler {
  let ends = 0;
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    async closed() {
      const wait = BACK_OFF_MS[ends];
      ends++;
      output.error(`The language server ended unasked, the ${ends}. time`);
      if (ends === 1)
        void window.showWarningMessage("The QMTL language server ended. It is started again.", SHOW).then(show);
      if (wait === undefined) {
        void window
          .showErrorMessage("The QMTL language server ended too often. Run QMTL: Restart Servers.", SHOW)
          .then(show);
        return { action: CloseAction.DoNotRestart, handled: true };
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
      return { action: CloseAction.Restart, handled: true };
    },
  };

  function show(choice: string | undefined): void {
    if (choice === SHOW) output.show();
  }
}

const SHOW = "Show Output";

/** One line per strategy, whatever is known of it: lines never jump. */
function say(lens: CodeLens, results: Results): void {
  const target = lens.command?.arguments?.[0] as { readonly uri?: string } | undefined;
  if (lens.command === undefined || target?.uri === undefined) return;
  const uri = Uri.parse(target.uri);
  const file = uri.fsPath;
  const isUsable = workspace.isTrusted;
  lens.command.title = isUsable
    ? lensTitle({
        world: results.world(file),
        last: results.last(file),
        preview: results.preview(file),
        now: Date.now(),
      })
    : "Trust this workspace to submit";
  lens.command.command = isUsable ? "qmtl.submit" : "workbench.trust.manage";
  lens.command.arguments = isUsable ? [uri] : [];
}

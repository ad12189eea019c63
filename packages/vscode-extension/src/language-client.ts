import { type CodeLens, type ExtensionContext, Uri, workspace } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { lensTitle } from "./lens-title.ts";
import type { Results } from "./results.ts";

/** The server that analyses, and never runs what it reads: it works in restricted mode as well. */
export function createLanguageClient(context: ExtensionContext, results: Results): LanguageClient {
  const module = context.asAbsolutePath("dist/language-server.cjs");
  return new LanguageClient(
    "qmtl",
    "QMTL",
    { module, transport: TransportKind.stdio, args: ["--stdio"] },
    {
      documentSelector: [
        { language: "typescript", scheme: "file" },
        { language: "typescript", scheme: "untitled" },
        { language: "javascript", scheme: "file" },
        { language: "yaml", pattern: "**/worlds/*.yml" },
      ],
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

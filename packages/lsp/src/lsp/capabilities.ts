import { CodeActionKind, type ServerCapabilities, TextDocumentSyncKind } from "vscode-languageserver/node";
import { TOKEN_MODIFIERS, TOKEN_TYPES } from "../features/semantic-tokens.ts";
import { FIX_ALL } from "./code-actions.ts";
import type { ClientSettings } from "./settings.ts";

export function capabilitiesFor({ pulls, submitCommand }: ClientSettings): ServerCapabilities {
  return {
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    hoverProvider: true,
    completionProvider: { triggerCharacters: [".", '"', "'", "{", " "] },
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: { prepareProvider: true },
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    inlayHintProvider: true,
    foldingRangeProvider: true,
    callHierarchyProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: { delta: true },
      range: true,
    },
    ...(submitCommand !== undefined && { codeLensProvider: { resolveProvider: false } }),
    ...(pulls && { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: true } }),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}

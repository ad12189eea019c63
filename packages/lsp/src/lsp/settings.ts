import type { InitializeParams } from "vscode-languageserver/node";

/** What the editor says of itself, read once. */
export interface ClientSettings {
  /** TypeScript is at work in the same editor. */
  readonly typescript: boolean;
  /** The editor's command behind the lens of a strategy; without one there are no lenses. */
  readonly submitCommand: string | undefined;
  /** The editor takes diagnostics only when it asks for them. */
  readonly pulls: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesHints: boolean;
  readonly refreshesLenses: boolean;
  readonly showsProgress: boolean;
  readonly watchesFiles: boolean;
  readonly watchesFolders: boolean;
}

export function settingsOf({ capabilities, initializationOptions }: InitializeParams): ClientSettings {
  const options = record(initializationOptions);
  const { textDocument, workspace, window } = capabilities;
  return {
    typescript: options["typescript"] === true,
    submitCommand: typeof options["submitCommand"] === "string" ? options["submitCommand"] : undefined,
    pulls: textDocument?.publishDiagnostics === undefined && textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    showsProgress: window?.workDoneProgress === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    watchesFolders: workspace?.workspaceFolders === true,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

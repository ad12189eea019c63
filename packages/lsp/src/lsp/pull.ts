import { createHash } from "node:crypto";
import {
  type Connection,
  DocumentDiagnosticReportKind,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver/node";
import { diagnosticOf, isShown } from "./diagnostics.ts";
import type { ClientSettings } from "./settings.ts";
import type { Located, Workspace } from "./workspace.ts";

/** Diagnostics for editors that only ask. */
export interface Pulls {
  /** What was answered may be old. */
  changed(): void;
}

export function answerPulls(
  connection: Connection,
  workspace: Workspace,
  settings: () => ClientSettings | undefined,
): Pulls {
  let timer: NodeJS.Timeout | undefined;

  connection.languages.diagnostics.on(({ textDocument, previousResultId }) => {
    const at = workspace.locate(textDocument.uri);
    if (at === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const { items, resultId } = answer(at);
    return resultId === previousResultId
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, items, resultId };
  });

  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    const previous = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    const reports: WorkspaceDocumentDiagnosticReport[] = [];
    for (const root of workspace.roots())
      for (const path of root.analysis.paths()) {
        if (token.isCancellationRequested) return { items: reports };
        const uri = root.uriOf(path);
        const version = root.open.get(path)?.version ?? null;
        const { items, resultId } = answer({ root, path });
        reports.push(
          previous.get(uri) === resultId
            ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version, resultId }
            : { kind: DocumentDiagnosticReportKind.Full, uri, version, resultId, items },
        );
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    return { items: reports };
  });

  return {
    changed() {
      if (settings()?.refreshesDiagnostics !== true) return;
      clearTimeout(timer);
      timer = setTimeout(() => connection.languages.diagnostics.refresh(), 50);
    },
  };

  function answer({ root, path }: Located) {
    const current = settings();
    const findings = root.analysis.findings(path) ?? [];
    const items = findings
      .filter((finding) => current === undefined || isShown(finding, current))
      .map((finding) => diagnosticOf(root, finding));
    return { items, resultId: createHash("sha256").update(JSON.stringify(items)).digest("hex").slice(0, 16) };
  }
}

import { join } from "node:path";
import type { SubmitResult, Violation } from "@qmtl/core";
import { Diagnostic, type DiagnosticCollection, DiagnosticSeverity, Range, type TextDocument, Uri } from "vscode";

/**
 * Shows what a submission was refused or held back for: at the place it names, else on the node, else where the strategy begins. The
 * next submission of the same file clears it.
 */
export function showViolations(
  collection: DiagnosticCollection,
  document: TextDocument,
  root: string,
  { violations, error, world }: Pick<SubmitResult, "violations" | "error" | "world">,
): void {
  collection.delete(document.uri);
  const named: readonly Violation[] =
    error === null || violations.some(({ rule }) => rule === error.code)
      ? violations
      : [
          ...violations,
          { stage: "run", rule: error.code, message: error.message, ...(error.place && { place: error.place }) },
        ];
  const found = new Map<string, Diagnostic[]>();
  for (const violation of named) {
    const { place } = violation;
    const uri = place?.file === undefined ? document.uri : Uri.file(join(root, place.file));
    const range =
      place?.line === undefined || uri.fsPath !== document.uri.fsPath
        ? rangeOf(document, violation.node)
        : wordAt(document, place.line - 1, (place.column ?? 1) - 1);
    const diagnostic = new Diagnostic(
      range,
      [violation.message, violation.hint].filter(Boolean).join("\n"),
      violation.stage === "run" || violation.stage === "check" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    );
    diagnostic.source = `world ${world}`;
    diagnostic.code = violation.rule;
    const all = found.get(uri.toString()) ?? [];
    found.set(uri.toString(), all);
    all.push(diagnostic);
  }
  for (const [uri, diagnostics] of found) collection.set(Uri.parse(uri), diagnostics);
}

function rangeOf(document: TextDocument, node: string | undefined): Range {
  const text = document.getText();
  const literal = node === undefined ? -1 : text.search(new RegExp(`name:\\s*["'\`]${escaped(node)}["'\`]`));
  const at = literal >= 0 ? literal : Math.max(0, text.search(/\bstrategy\s*\(/));
  const start = document.positionAt(at);
  return wordAt(document, start.line, start.character);
}

function wordAt(document: TextDocument, line: number, character: number): Range {
  const { text } = document.lineAt(Math.min(Math.max(0, line), document.lineCount - 1));
  const word = /^[\w$]+/.exec(text.slice(character))?.[0].length ?? Math.max(1, text.trimEnd().length - character);
  return new Range(line, character, line, character + word);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

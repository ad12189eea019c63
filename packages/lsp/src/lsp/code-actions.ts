import { type CodeAction, CodeActionKind, type CodeActionParams, type WorkspaceEdit } from "vscode-languageserver/node";
import type { Place } from "../facts/index.ts";
import type { Finding, TextEdit } from "../rules/index.ts";
import { diagnosticOf } from "./diagnostics.ts";
import type { ProjectRoot } from "./project-root.ts";
import { overlaps, rangeOf } from "./ranges.ts";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.qmtl`;

/** The fixes of the findings in a range, and one action for all that are safe. */
export function codeActionsFor(
  root: ProjectRoot,
  path: string,
  findings: readonly Finding[],
  { range, context }: CodeActionParams,
): readonly CodeAction[] {
  const wants = (kind: string): boolean =>
    context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix))
    for (const finding of findings) {
      const diagnostic = diagnosticOf(root, finding);
      if (finding.suppressed !== undefined || !overlaps(diagnostic.range, range)) continue;
      // The editor knows what TypeScript reports at the same place; the fix hangs there.
      const shown = context.diagnostics.filter((other) =>
        other.source === "qmtl"
          ? other.code === finding.code && overlaps(other.range, diagnostic.range)
          : finding.provenByTypes && isTypeScript(other.source) && overlaps(other.range, diagnostic.range),
      );
      finding.fixes.forEach((fix, index) => {
        actions.push({
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: shown.length > 0 ? shown : [diagnostic],
          isPreferred: fix.isSafe && index === 0,
          edit: workspaceEditOf(root, fix.edits),
        });
      });
    }
  if (wants(FIX_ALL) && (context.only !== undefined || actions.length > 0)) {
    const edits = fixAllEdits(findings, path);
    if (edits.length > 0)
      actions.push({ title: "Fix all that QMTL can fix", kind: FIX_ALL, edit: workspaceEditOf(root, edits) });
  }
  return actions;
}

/** The edits of every safe fix of a file; of two that touch each other only the first: the next round has the other. */
export function fixAllEdits(findings: readonly Finding[], path: string): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const { fixes, suppressed } of findings) {
    const safe = suppressed === undefined ? fixes.find(({ isSafe }) => isSafe) : undefined;
    if (safe === undefined || safe.edits.some(({ place }) => place.file !== path)) continue;
    if (safe.edits.some((edit) => taken.some((other) => touches(edit.place, other.place)))) continue;
    taken.push(...safe.edits);
  }
  return taken;
}

function touches(a: Place, b: Place): boolean {
  return a.file === b.file && overlaps(rangeOf(a), rangeOf(b));
}

function isTypeScript(source: string | undefined): boolean {
  return source === "ts" || source === "typescript" || source === "deno-ts";
}

/** Edits with the versions of the documents that they were made for: an editor refuses them for another text. */
export function workspaceEditOf(root: ProjectRoot, edits: readonly TextEdit[]): WorkspaceEdit {
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const known = byFile.get(edit.place.file) ?? [];
    known.push(edit);
    byFile.set(edit.place.file, known);
  }
  return {
    documentChanges: [...byFile].map(([file, changes]) => ({
      textDocument: { uri: root.uriOf(file), version: root.open.get(file)?.version ?? null },
      edits: changes.map(({ place, text }) => ({ range: rangeOf(place), newText: text })),
    })),
  };
}

import { summaryOf } from "../report/index.ts";
import type { CheckAnswer } from "./check-answer.ts";
import type { Publisher } from "./publisher.ts";
import type { Workspace } from "./workspace.ts";

const LISTED = 10;

/** What was found last in all files, once nothing waits any more. */
export function checkAnswerOf(workspace: Workspace, publisher: Publisher): CheckAnswer {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  const worst: { uri: string; errors: number; warnings: number }[] = [];
  let files = 0;
  for (const root of workspace.roots())
    for (const path of root.analysis.paths()) {
      files++;
      const open = (publisher.findings({ root, path }) ?? []).filter(({ suppressed }) => suppressed === undefined);
      for (const { severity } of open) counts[severity]++;
      const [errors, warnings] = (["error", "warning"] as const).map(
        (wanted) => open.filter(({ severity }) => severity === wanted).length,
      ) as [number, number];
      if (errors + warnings > 0) worst.push({ uri: root.uriOf(path), errors, warnings });
    }
  worst.sort((a, b) => b.errors - a.errors || b.warnings - a.warnings || (a.uri < b.uri ? -1 : 1));
  return { files, counts, summary: summaryOf({ counts, files }), worst: worst.slice(0, LISTED) };
}

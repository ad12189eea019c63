import { setImmediate as nextTurn } from "node:timers/promises";
import type { CancellationToken } from "vscode-languageserver/node";
import type { Mark } from "../features/subject.ts";
import { worldMarksOf } from "../features/world-marks.ts";
import type { ProjectRoot } from "./project-root.ts";
import type { Located } from "./workspace.ts";

/** The words of every file in which a subject can be meant, file by file; undefined when nobody wants them any more. */
export async function marksAround(
  { root, path }: Located,
  mark: Mark,
  token: CancellationToken,
): Promise<readonly (readonly Mark[])[] | undefined> {
  const found: (readonly Mark[])[] = [];
  const looked = new Set<string>();
  const isEverywhere = mark.subject.kind === "tag" || mark.subject.kind === "symbol";
  const queue = isEverywhere ? filesWith(root, mark.text) : [path, ...root.analysis.dependants(path)];
  if (isEverywhere) found.push(...root.analysis.project().worlds.map(worldMarksOf));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (looked.has(next)) continue;
    looked.add(next);
    if (token.isCancellationRequested) return undefined;
    const marks = root.view(next).marks();
    found.push(marks);
    // What is declared in another file is meant by all that import that one.
    const files = new Set(marks.filter(({ key }) => key === mark.key).map(({ place }) => place.file));
    for (const file of files) if (!looked.has(file)) queue.push(file, ...root.analysis.dependants(file));
    await nextTurn();
  }
  return found;
}

function filesWith(root: ProjectRoot, text: string): string[] {
  return root.analysis
    .paths()
    .filter((path) => /\.(m?ts|m?js)$/.test(path) && (root.text(path)?.includes(text) ?? false));
}

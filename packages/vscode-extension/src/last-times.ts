import type { Uri } from "vscode";
import type { NodeTimes } from "./graph/hot-path.ts";
import { agoText } from "./lens-title.ts";
import type { Projects } from "./projects.ts";
import type { Results } from "./results.ts";
import { isStale } from "./run-files.ts";

/** How long the nodes of a strategy computed in its last run, where that is known. */
export function lastTimes(projects: Projects, results: Results, uri: Uri): NodeTimes | undefined {
  const project = projects.of(uri);
  const last = results.last(uri.fsPath);
  if (project === undefined || !last?.nodeTimings?.length) return undefined;
  const old = isStale(project.root, last.files) ? ", before your change" : "";
  return {
    of: `the run in ${last.world}, ${agoText(Date.now() - last.at)}${old}`,
    ms: Object.fromEntries(last.nodeTimings.map(({ node, ms }) => [node, ms])),
  };
}

import type { CompareAnswer, RunRow } from "@qmtl/cli";
import { type QuickPickItem, window } from "vscode";
import type { ProjectServer } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import { runText } from "./run-text.ts";
import { servedPanels } from "./served-panels.ts";

/** Two runs side by side, one panel for each pair. */
export const comparisons = servedPanels<CompareAnswer>({
  type: "qmtl.compare",
  method: "qmtl/compare",
  title: ({ runs: [a, b] }) => `Compare: ${a.strategy}${a.strategy === b.strategy ? "" : `, ${b.strategy}`}`,
  params: ({ runs }) => ({ runs: runs.map(({ evalKey, world }) => ({ run: evalKey, world })) }),
});

/** A run of a project, as a list or a tree has it. */
export interface ProjectRun {
  readonly project: ProjectServer;
  readonly row: RunRow;
}

/**
 * Compares two runs. Those that were not chosen yet are asked for: of one project, since a page is made by its server.
 *
 * @param chosen none, one or two
 */
export async function compareRuns(projects: Projects, chosen: readonly ProjectRun[]): Promise<void> {
  const [first = await pick(await allRuns(projects.all()), "Compare Runs: the first one (A)"), second] = chosen;
  if (first === undefined) return;
  const { project, row } = first;
  if (second !== undefined && second.project !== project) {
    void window.showWarningMessage("Runs of two projects can't be compared: each has a server of its own.");
    return;
  }
  const others = async (): Promise<readonly ProjectRun[]> =>
    (await allRuns([project])).filter((other) => other.row.evalKey !== row.evalKey || other.row.world !== row.world);
  const other = second ?? (await pick(await others(), `Compare ${row.strategy} ${row.evalKey.slice(0, 12)} with (B)`));
  if (other === undefined) return;
  await comparisons.show(project, {
    runs: [row, other.row].map(({ evalKey, world }) => ({ run: evalKey, world })),
  });
}

async function allRuns(projects: readonly ProjectServer[]): Promise<readonly ProjectRun[]> {
  const all = await Promise.all(
    projects.map(async (project) => {
      const { runs } = await project.request<{ runs: readonly RunRow[] }>("qmtl/runs", {});
      return runs.map((row) => ({ project, row }));
    }),
  );
  return all.flat().toSorted((a, b) => (a.row.at < b.row.at ? 1 : -1));
}

async function pick(runs: readonly ProjectRun[], title: string): Promise<ProjectRun | undefined> {
  if (runs.length === 0) {
    void window.showInformationMessage("There are not two runs to compare yet: submit a strategy to a world first.");
    return undefined;
  }
  const items = runs.map((run): QuickPickItem & { readonly run: ProjectRun } => {
    const { strategy, world, evalKey } = run.row;
    const description = `${world} · ${runText(run.row, Date.now())}`;
    return { label: strategy, description, detail: `${evalKey.slice(0, 12)} ${paramsText(run.row)}`.trim(), run };
  });
  const found = await window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  return found?.run;
}

function paramsText({ params }: RunRow): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

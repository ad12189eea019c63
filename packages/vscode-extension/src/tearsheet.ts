import type { ReportAnswer } from "@qmtl/cli";
import { type Disposable, ViewColumn, type WebviewPanel, window, workspace } from "vscode";
import type { ProjectServer } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import { newNonce, servedPage } from "./webview-page.ts";

const TYPE = "qmtl.tearsheet";
const open = new Map<string, WebviewPanel>();

/** What a tearsheet is shown again from. */
interface TearsheetState {
  readonly root: string;
  readonly run: string;
  readonly world: string;
}

/** The page of `qmtl report --html` beside the code: one panel for each run. */
export async function showTearsheet(project: ProjectServer, run: string, world?: string): Promise<void> {
  const answer = await askReport(project, run, world);
  const known = open.get(answer.evalKey);
  if (known !== undefined) return known.reveal();
  const panel = window.createWebviewPanel(TYPE, `Tearsheet: ${answer.strategy}`, ViewColumn.Beside, {
    enableScripts: true,
    enableFindWidget: true,
    localResourceRoots: [],
  });
  fill(panel, project, answer);
}

/** Shows tearsheets again that were open when the window was reloaded. */
export function restoreTearsheets(projects: Projects): Disposable {
  return window.registerWebviewPanelSerializer(TYPE, {
    async deserializeWebviewPanel(panel, state: TearsheetState | undefined) {
      const project = projects.all().find(({ root }) => root === state?.root);
      if (state === undefined || project === undefined || !workspace.isTrusted) return panel.dispose();
      fill(panel, project, await askReport(project, state.run, state.world));
    },
  });
}

function askReport(project: ProjectServer, run: string, world: string | undefined): Promise<ReportAnswer> {
  return project.request<ReportAnswer>("qmtl/report", { run, ...(world !== undefined && { world }) });
}

function fill(panel: WebviewPanel, { root }: ProjectServer, { html, evalKey, world }: ReportAnswer): void {
  open.set(evalKey, panel);
  panel.onDidDispose(() => open.delete(evalKey));
  const state: TearsheetState = { root, run: evalKey, world };
  panel.webview.html = servedPage(html, { nonce: newNonce(), state });
}

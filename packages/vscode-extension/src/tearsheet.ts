import { randomBytes } from "node:crypto";
import type { ReportAnswer } from "@qmtl/cli";
import { ViewColumn, type WebviewPanel, window } from "vscode";
import { withPolicy } from "./page-policy.ts";
import type { ProjectServer } from "./project-server.ts";

const open = new Map<string, WebviewPanel>();

/** The page of `qmtl report --html` beside the code: one panel for each run. */
export async function showTearsheet(project: ProjectServer, run: string, world?: string): Promise<void> {
  const { html, strategy, evalKey } = await project.request<ReportAnswer>("qmtl/report", {
    run,
    ...(world !== undefined && { world }),
  });
  const known = open.get(evalKey);
  if (known !== undefined) return known.reveal();
  const panel = window.createWebviewPanel("qmtl.tearsheet", `Tearsheet: ${strategy}`, ViewColumn.Beside, {
    enableScripts: true,
    enableFindWidget: true,
    localResourceRoots: [],
  });
  open.set(evalKey, panel);
  panel.onDidDispose(() => open.delete(evalKey));
  panel.webview.html = withPolicy(html, randomBytes(16).toString("base64"));
}

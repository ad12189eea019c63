import { randomBytes } from "node:crypto";
import type { ReportAnswer } from "@qmtl/cli";
import { ViewColumn, type WebviewPanel, window } from "vscode";
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
  panel.webview.html = withPolicy(html);
}

/** The page loads nothing: its own script and styles alone may take effect. */
export function withPolicy(html: string, nonce: string = randomBytes(16).toString("base64")): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">`;
  return html
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/i, "")
    .replace(/<head>/i, (head) => `${head}${policy}`)
    .replaceAll(/<script(?=[\s>])/gi, `<script nonce="${nonce}"`);
}

import { type Disposable, ViewColumn, type WebviewPanel, window, workspace } from "vscode";
import type { ProjectServer } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import { newNonce, servedPage } from "./webview-page.ts";

/** A page that the project's server makes, by what is asked for it and what names it. */
export interface ServedPage<A extends { readonly html: string }> {
  /** Of the webview, as the manifest has it. */
  readonly type: string;
  readonly method: string;
  readonly title: (answer: A) => string;
  /** What the same page is asked for again with: one panel for each. */
  readonly params: (answer: A) => object;
}

export interface ServedPanels {
  /** Beside the code, or where it is open already. */
  show(project: ProjectServer, params: object): Promise<void>;
  /** Shows again what was open when the window was reloaded. */
  restore(projects: Projects): Disposable;
}

interface Kept {
  readonly root: string;
  readonly params: object;
}

export function servedPanels<A extends { readonly html: string }>(page: ServedPage<A>): ServedPanels {
  const open = new Map<string, WebviewPanel>();
  const fill = (panel: WebviewPanel, { root }: ProjectServer, answer: A): void => {
    const state: Kept = { root, params: page.params(answer) };
    const key = JSON.stringify(state);
    open.set(key, panel);
    panel.onDidDispose(() => open.delete(key));
    panel.title = page.title(answer);
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    panel.webview.html = servedPage(answer.html, { nonce: newNonce(), state });
  };
  return {
    async show(project, params) {
      const answer = await project.request<A>(page.method, params);
      const known = open.get(JSON.stringify({ root: project.root, params: page.params(answer) } satisfies Kept));
      if (known !== undefined) return known.reveal();
      const options = { enableFindWidget: true };
      fill(window.createWebviewPanel(page.type, page.title(answer), ViewColumn.Beside, options), project, answer);
    },
    restore: (projects) =>
      window.registerWebviewPanelSerializer(page.type, {
        async deserializeWebviewPanel(panel, state: Kept | undefined) {
          await projects.ready;
          const project = projects.all().find(({ root }) => root === state?.root);
          if (state === undefined || project === undefined || !workspace.isTrusted) return panel.dispose();
          fill(panel, project, await project.request<A>(page.method, state.params));
        },
      }),
  };
}

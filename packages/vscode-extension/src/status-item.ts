import {
  type Disposable,
  MarkdownString,
  StatusBarAlignment,
  type TextEditor,
  ThemeColor,
  window,
  workspace,
} from "vscode";
import { agoText } from "./lens-title.ts";
import type { ServerState } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import type { Results } from "./results.ts";
import { isStale } from "./run-files.ts";

const STATES: Readonly<Record<ServerState, { readonly icon: string; readonly words: string }>> = {
  off: { icon: "globe", words: "not started: it starts when it is needed" },
  starting: { icon: "sync~spin", words: "starting" },
  on: { icon: "globe", words: "running" },
  lost: { icon: "warning", words: "ended too often; restart it" },
};

/** Ages are told in minutes. */
const AGE_MS = 30_000;

/** For the strategy in front: what its world said, in which mode it may run, how old that is, and how the project's server does. */
export function showStatus(
  projects: Projects,
  results: Results,
  isStrategy: (editor: TextEditor) => boolean,
): Disposable {
  const item = window.createStatusBarItem("qmtl.status", StatusBarAlignment.Left, 0);
  item.name = "QMTL";
  item.command = "qmtl.showOutput";
  const draw = (): void => {
    const editor = window.activeTextEditor;
    const project = editor && projects.of(editor.document.uri);
    if (editor === undefined || project === undefined || !isStrategy(editor)) {
      item.hide();
      return;
    }
    const last = results.last(editor.document.uri.fsPath);
    const { icon, words } = STATES[project.state];
    const age = last && agoText(Date.now() - last.at);
    item.text = `$(${icon}) ${last === undefined ? "QMTL" : [`${last.world}: ${last.status}`, last.mode, age].join(" · ")}`;
    item.backgroundColor = project.state === "lost" ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    const lines = [
      last === undefined ? "Not submitted yet." : `**${last.world}: ${last.status}**, ${age}. ${last.reason}`,
      ...(last === undefined ? [] : [`Mode: \`${last.mode}\`, the world's word for this version`]),
      ...(last !== undefined && isStale(project.root, last.files) ? ["The code has changed since."] : []),
      `Server of the project: ${workspace.isTrusted ? words : "starts in a trusted workspace only"}`,
      "[Show Output](command:qmtl.showOutput) · [Restart Servers](command:qmtl.restartServer)",
    ];
    const tooltip = new MarkdownString(lines.join("\n\n"));
    tooltip.isTrusted = { enabledCommands: ["qmtl.showOutput", "qmtl.restartServer"] };
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `QMTL. ${lines.slice(0, -1).join(" ")}`.replaceAll(/[*`]/g, "") };
    item.show();
  };
  const beat = setInterval(draw, AGE_MS);
  const listening = [
    item,
    results.onChange(draw),
    projects.onChange(draw),
    projects.onState(draw),
    window.onDidChangeActiveTextEditor(draw),
    workspace.onDidSaveTextDocument(draw),
    workspace.onDidGrantWorkspaceTrust(draw),
  ];
  draw();
  return {
    dispose() {
      clearInterval(beat);
      for (const one of listening) one.dispose();
    },
  };
}

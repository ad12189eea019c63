import { readFileSync } from "node:fs";
import {
  commands,
  type ExtensionContext,
  languages,
  type TextDocument,
  type TextEditor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { provideEquityHover } from "./equity-hover.ts";
import { showGateTests } from "./gate-tests.ts";
import { createLanguageClient } from "./language-client.ts";
import { startLivePreview } from "./live-preview.ts";
import { showNodeFigures } from "./node-figures-view.ts";
import { type ProjectServer, sentenceOf } from "./project-server.ts";
import { findProjects, type Projects } from "./projects.ts";
import { createResults } from "./results.ts";
import { showStatus } from "./status-item.ts";
import { type Submitted, submitStrategy } from "./submit.ts";
import { showTearsheet } from "./tearsheet.ts";
import { createWorldsView, type WorldsItem } from "./worlds-view.ts";

let client: LanguageClient | undefined;
let projects: Projects | undefined;

/** Nothing here runs code of the workspace: that takes a command, and a trusted workspace. */
export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("QMTL", { log: true });
  const results = createResults(context.workspaceState, Date.now);
  const violations = languages.createDiagnosticCollection("qmtl.world");
  const known = await findProjects(output, (context.extension.packageJSON as { readonly version: string }).version);
  projects = known;
  const worlds = createWorldsView(known);
  const tree = window.createTreeView("qmtl.worlds", { treeDataProvider: worlds, showCollapseAll: true });
  const figures = showNodeFigures(() => client, known, results, output);
  const submitted = ({ project, document, world, files }: Submitted): void => {
    worlds.refresh();
    void figures.ask(project, document.uri.fsPath, world, files);
  };
  const gates = showGateTests({ client: () => client, projects: known, results, violations, output, submitted });

  const editorChanged = (editor: TextEditor | undefined): void => {
    const isStrategy = editor !== undefined && looksLikeStrategy(editor.document);
    void commands.executeCommand("setContext", "qmtl.isStrategy", isStrategy);
  };
  /** They have a new text; the editor asks again. */
  const lensesChanged = (): void => {
    for (const { document } of window.visibleTextEditors)
      client?.getFeature("textDocument/codeLens").getProvider(document)?.onDidChangeCodeLensEmitter.fire();
  };
  const documentOf = async (uri?: Uri): Promise<TextDocument | undefined> => {
    if (uri instanceof Uri) return workspace.openTextDocument(uri);
    return window.activeTextEditor?.document;
  };
  const submit = async (uri: Uri | undefined, ask: boolean): Promise<unknown> => {
    const document = await documentOf(uri);
    const project = document && known.of(document.uri);
    if (document === undefined || project === undefined) {
      void window.showWarningMessage("Open a strategy of a QMTL project first: a file below a qmtl.config.ts.");
      return undefined;
    }
    const done = (what: Submitted | undefined): void => {
      if (what === undefined) worlds.refresh();
      else {
        submitted(what);
        gates.report(what);
      }
    };
    return submitStrategy({ project, document, results, violations, ask, done });
  };
  /** Shows what went wrong; a command never ends in silence. */
  const said =
    <A extends unknown[]>(run: (...args: A) => Promise<unknown>) =>
    (...args: A): Promise<unknown> =>
      run(...args).catch((error: unknown) => {
        output.error(error instanceof Error && error.stack !== undefined ? error.stack : sentenceOf(error));
        void window.showErrorMessage(sentenceOf(error));
      });

  context.subscriptions.push(
    output,
    violations,
    known,
    tree,
    figures,
    gates,
    showStatus(known, results, ({ document }) => looksLikeStrategy(document)),
    provideEquityHover(known, results),
    startLivePreview(known, results, output),
    window.onDidChangeActiveTextEditor(editorChanged),
    known.onChange(() => worlds.refresh()),
    workspace.onDidGrantWorkspaceTrust(() => {
      worlds.refresh();
      lensesChanged();
    }),
    results.onChange(lensesChanged),
    commands.registerCommand(
      "qmtl.submit",
      said((uri?: Uri) => submit(uri, false)),
    ),
    commands.registerCommand(
      "qmtl.submitTo",
      said((uri?: Uri) => submit(uri, true)),
    ),
    commands.registerCommand(
      "qmtl.showTearsheet",
      said(async (item?: WorldsItem) => {
        if (item?.kind === "run") return showTearsheet(item.project, item.row.evalKey, item.row.world);
        const document = await documentOf();
        const project = document && known.of(document.uri);
        const last = document && results.last(document.uri.fsPath);
        if (project !== undefined && last?.evalKey) return showTearsheet(project, last.evalKey, last.world);
        return void window.showInformationMessage(
          "Nothing was submitted from this file yet: submit it to a world first.",
        );
      }),
    ),
    commands.registerCommand(
      "qmtl.openWorld",
      said(async (item?: WorldsItem) => {
        const found =
          item?.kind === "world" ? await worldFile(item.project, item.row.world) : await chooseWorldFile(known);
        if (found !== undefined) await window.showTextDocument(found);
      }),
    ),
    commands.registerCommand("qmtl.refreshWorlds", () => worlds.refresh()),
    commands.registerCommand(
      "qmtl.togglePreview",
      said(async () => {
        const settings = workspace.getConfiguration("qmtl.preview", window.activeTextEditor?.document.uri);
        const enabled = settings.get<boolean>("enabled") !== true;
        await settings.update("enabled", enabled);
        window.setStatusBarMessage(`QMTL live preview is ${enabled ? "on" : "off"}`, 3_000);
      }),
    ),
    commands.registerCommand(
      "qmtl.toggleFigures",
      said(async () => {
        const settings = workspace.getConfiguration("qmtl.figures", window.activeTextEditor?.document.uri);
        await settings.update("enabled", settings.get<boolean>("enabled") !== true);
      }),
    ),
    commands.registerCommand(
      "qmtl.newStrategy",
      said(() => newStrategy(context, known)),
    ),
    commands.registerCommand(
      "qmtl.restartServer",
      said(async () => {
        await Promise.all([known.restart(), client?.restart()]);
        worlds.refresh();
        window.setStatusBarMessage("QMTL servers restarted", 3_000);
      }),
    ),
    commands.registerCommand("qmtl.showOutput", () => output.show()),
  );
  editorChanged(window.activeTextEditor);
  client = createLanguageClient(context, results, output);
  context.subscriptions.push(client);
  // After activation: the editor does not wait for the server.
  void client
    .start()
    .catch((error: unknown) => output.error(`The language server did not start: ${sentenceOf(error)}`));
}

export async function deactivate(): Promise<void> {
  await projects?.close();
}

function looksLikeStrategy(document: TextDocument): boolean {
  if (document.languageId !== "typescript") return false;
  const text = document.getText();
  return /["']@qmtl\/core\/strategy["']/.test(text) && /\bstrategy\s*\(/.test(text);
}

async function worldFile(project: ProjectServer, world: string): Promise<Uri | undefined> {
  const found = await workspace.findFiles(`**/${world}.yml`, "**/node_modules/**");
  return found.find(({ fsPath }) => fsPath.startsWith(project.root));
}

async function chooseWorldFile(known: Projects): Promise<Uri | undefined> {
  const found = await workspace.findFiles("**/worlds/*.yml", "**/node_modules/**");
  const mine = found.filter((uri) => known.of(uri) !== undefined);
  if (mine.length < 2) return mine[0];
  const items = mine.map((uri) => ({ label: workspace.asRelativePath(uri), uri }));
  return (await window.showQuickPick(items, { title: "Open World" }))?.uri;
}

/** A new file from the snippet, unsaved: the author names it. */
async function newStrategy(context: ExtensionContext, known: Projects): Promise<void> {
  const snippets = JSON.parse(readFileSync(context.asAbsolutePath("snippets/strategy.json"), "utf8")) as Readonly<
    Record<string, { readonly body: readonly string[] }>
  >;
  const [project] = known.all();
  const name = await window.showInputBox({
    title: "New Strategy",
    prompt: "Its name: lower-case words joined by dashes",
    value: "my-strategy",
    validateInput: (text) =>
      /^[a-z0-9][a-z0-9-]*$/.test(text) ? undefined : "Use lower-case letters, digits and dashes.",
  });
  if (name === undefined || project === undefined) return;
  const file = Uri.file(`${project.root}/strategies/${name}.ts`).with({ scheme: "untitled" });
  const document = await workspace.openTextDocument(file);
  const editor = await window.showTextDocument(document, ViewColumn.Active);
  const text = (snippets["QMTL strategy"]?.body ?? []).join("\n").replaceAll(/\$\{\d+:([^}]*)\}|\$\d+/g, "$1");
  await editor.edit((edit) => edit.insert(document.positionAt(0), text.replace('"my-strategy"', JSON.stringify(name))));
}

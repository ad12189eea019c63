import {
  commands,
  Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  languages,
  type TextDocument,
  type TextEditor,
  Uri,
  window,
  workspace,
} from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { applyDecision, chooseWorld } from "./apply-world.ts";
import { checkWorkspace } from "./check-workspace.ts";
import { compareRuns, comparisons } from "./compare-runs.ts";
import { provideEquityHover } from "./equity-hover.ts";
import { showGateTests } from "./gate-tests.ts";
import { createGraphView } from "./graph-view.ts";
import { lastTimes } from "./last-times.ts";
import { startLivePreview } from "./live-preview.ts";
import { installPackages, newProject, offerProject } from "./new-project.ts";
import { showNodeFigures } from "./node-figures-view.ts";
import { showPreviewFigure } from "./preview-figure.ts";
import { type ProjectServer, sentenceOf } from "./project-server.ts";
import { findProjects, type Projects } from "./projects.ts";
import { createResults, type Results } from "./results.ts";
import { showStatus } from "./status-item.ts";
import { type Submitted, submitStrategy } from "./submit.ts";
import { showTearsheet, tearsheets } from "./tearsheet.ts";
import { chooseProject, newStrategy } from "./templates.ts";
import { createWorldsView, type WorldsItem } from "./worlds-view.ts";

let client: LanguageClient | undefined;
let projects: Projects | undefined;

/** Nothing here runs code of the workspace: that takes a command, and a trusted workspace. */
export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("QMTL", { log: true });
  const results = createResults(context.workspaceState, Date.now);
  const violations = languages.createDiagnosticCollection("qmtl.world");
  const known = findProjects(output, (context.extension.packageJSON as { readonly version: string }).version);
  projects = known;
  const worlds = createWorldsView(known);
  const tree = window.createTreeView("qmtl.worlds", {
    treeDataProvider: worlds,
    showCollapseAll: true,
    canSelectMany: true,
  });
  const figures = showNodeFigures(() => client, known, results, output);
  const submitted = ({ project, document, world, files }: Submitted): void => {
    worlds.refresh();
    void figures.ask(project, document.uri.fsPath, world, files);
  };
  const gates = showGateTests({ client: () => client, projects: known, results, violations, output, submitted });

  const graph = createGraphView(
    context.extensionUri,
    (uri, token) => {
      if (client === undefined) throw new Error("The language server is not running.");
      return client.sendRequest("qmtl/graph", { textDocument: { uri } }, token);
    },
    {
      of: (uri) => lastTimes(known, results, uri),
      onChange: (tell) => Disposable.from(results.onChange(tell), known.onChange(tell)),
    },
    (error) => output.error(`The graph could not be shown: ${sentenceOf(error)}`),
  );

  let lastStrategy: TextDocument | undefined;
  const editorChanged = (editor: TextEditor | undefined): void => {
    const isStrategy = editor !== undefined && looksLikeStrategy(editor.document);
    if (isStrategy) lastStrategy = editor.document;
    void commands.executeCommand("setContext", "qmtl.isStrategy", isStrategy);
  };
  /** They have a new text; the editor asks again. */
  const lensesChanged = (): void => {
    for (const { document } of window.visibleTextEditors)
      client?.getFeature("textDocument/codeLens").getProvider(document)?.onDidChangeCodeLensEmitter.fire();
  };
  /** What a command is about: the file that it names, the strategy in front, or the one that was in front last (a walkthrough hides it). */
  const documentOf = async (uri?: Uri): Promise<TextDocument | undefined> => {
    if (uri instanceof Uri) return workspace.openTextDocument(uri);
    const front = window.activeTextEditor?.document;
    const isThere = front !== undefined && looksLikeStrategy(front);
    return isThere || lastStrategy === undefined || lastStrategy.isClosed ? front : lastStrategy;
  };
  const submit = async (uri: Uri | undefined, ask: boolean): Promise<unknown> => {
    const document = await documentOf(uri);
    const project = document && known.of(document.uri);
    if (document === undefined || project === undefined) {
      const says = "Open a strategy of a QMTL project first: a file below a qmtl.config.ts.";
      if (known.all().length === 0) await offerProject(says);
      else void window.showWarningMessage(says);
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
  const restart = async (): Promise<void> => {
    await Promise.all([known.restart(), client?.restart()]);
    worlds.refresh();
  };
  // The editor does not wait for the server, nor for the code that speaks with it; what is asked of it does wait for that.
  const speaking = createClient(context, results, output).catch((error: unknown) =>
    output.error(`The language server did not start: ${sentenceOf(error)}`),
  );
  const ready = Promise.all([known.ready, speaking]);
  /** Shows what went wrong; a command never ends in silence. */
  const said =
    <A extends unknown[]>(run: (...args: A) => Promise<unknown>) =>
    (...args: A): Promise<unknown> =>
      ready
        .then(() => run(...args))
        .catch((error: unknown) => {
          output.error(error instanceof Error && error.stack !== undefined ? error.stack : sentenceOf(error));
          void window.showErrorMessage(sentenceOf(error));
        });

  context.subscriptions.push(
    output,
    violations,
    known,
    tree,
    graph,
    tearsheets.restore(known),
    comparisons.restore(known),
    figures,
    gates,
    showStatus(known, results, ({ document }) => looksLikeStrategy(document)),
    provideEquityHover(known, results),
    showPreviewFigure(results),
    startLivePreview(known, results, output),
    window.onDidChangeActiveTextEditor(editorChanged),
    // What is typed, or inserted from a template, becomes a strategy while its editor stays.
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document === window.activeTextEditor?.document) editorChanged(window.activeTextEditor);
    }),
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
      "qmtl.showGraph",
      said(async (uri?: Uri) => {
        const document = await documentOf(uri);
        if (document !== undefined && looksLikeStrategy(document)) return graph.show(document);
        return void window.showInformationMessage("Open a strategy first: its graph is read from its text.");
      }),
    ),
    commands.registerCommand(
      "qmtl.compareRuns",
      said((item?: WorldsItem, selected?: readonly WorldsItem[]) =>
        compareRuns(known, (selected ?? (item === undefined ? [] : [item])).filter(isRun).slice(0, 2)),
      ),
    ),
    commands.registerCommand(
      "qmtl.apply",
      said(async (item?: WorldsItem) => {
        const chosen =
          item?.kind === "world"
            ? { project: item.project, world: item.row.world }
            : await chooseWorld(known, "Apply: the world whose decision is applied");
        if (chosen !== undefined) await applyDecision(chosen.project, chosen.world);
        worlds.refresh();
      }),
    ),
    commands.registerCommand(
      "qmtl.checkWorkspace",
      said(async () => {
        if (client === undefined) throw new Error("The language server is not running.");
        await checkWorkspace(client);
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
      "qmtl.newProject",
      said(() => newProject(restart)),
    ),
    commands.registerCommand(
      "qmtl.installPackages",
      said(async (item?: WorldsItem) => {
        const project =
          item?.kind === "problem" ? item.project : await chooseProject(known, "Install Packages: their project");
        if (project !== undefined) await installPackages(project.root, restart);
      }),
    ),
    commands.registerCommand(
      "qmtl.restartServer",
      said(async () => {
        await restart();
        window.setStatusBarMessage("QMTL servers restarted", 3_000);
      }),
    ),
    commands.registerCommand("qmtl.showOutput", () => output.show()),
  );
  editorChanged(window.activeTextEditor);
  await ready;
}

/** Makes the client, and lets it start. */
async function createClient(context: ExtensionContext, results: Results, output: LogOutputChannel): Promise<void> {
  const { createLanguageClient } = await import("./language-client.ts");
  client = createLanguageClient(context, results, output);
  context.subscriptions.push(client);
  void client
    .start()
    .catch((error: unknown) => output.error(`The language server did not start: ${sentenceOf(error)}`));
}

export async function deactivate(): Promise<void> {
  await projects?.close();
}

function isRun(item: WorldsItem): item is Extract<WorldsItem, { kind: "run" }> {
  return item.kind === "run";
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

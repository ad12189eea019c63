import type { PreviewResult } from "@qmtl/core";
import {
  type DecorationOptions,
  type Disposable,
  type LogOutputChannel,
  MarkdownString,
  Range,
  type TextDocument,
  type TextEditor,
  ThemeColor,
  window,
  workspace,
} from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { nodeTable, nodeText } from "./figure-text.ts";
import { type ProjectServer, sentenceOf } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import type { Figured, Results } from "./results.ts";
import { isStale, type RunFiles } from "./run-files.ts";

/** As much of the language server's graph as figures need: its type is that of packages/lsp, which is not loaded here. */
interface PlacedGraph {
  readonly strategies: readonly {
    readonly nodes: readonly {
      readonly runs: number | null;
      readonly label: string;
      readonly place: { readonly range: { readonly start: { readonly line: number } } } | null;
    }[];
  }[];
}

export interface NodeFiguresView extends Disposable {
  /** Asks what the nodes of a strategy that was just submitted came to, where the author wants to see it. */
  ask(project: ProjectServer, file: string, world: string, files: RunFiles): Promise<void>;
}

export function areFiguresOn(document: Pick<TextDocument, "uri">): boolean {
  return (
    workspace.isTrusted && workspace.getConfiguration("qmtl.figures", document.uri).get<boolean>("enabled") === true
  );
}

/** How long a text rests before what stands beside it is put in its place again, ms. */
const REST_MS = 120;

/** Beside each node, at the end of its line, what it came to; faded and said to be old once the code is another. Switched on by the author. */
export function showNodeFigures(
  client: () => LanguageClient | undefined,
  projects: Projects,
  results: Results,
  output: LogOutputChannel,
): NodeFiguresView {
  const after = { margin: "0 0 0 3ch", fontStyle: "normal" };
  const fresh = window.createTextEditorDecorationType({
    after: { ...after, color: new ThemeColor("editorCodeLens.foreground") },
  });
  const stale = window.createTextEditorDecorationType({
    after: { ...after, color: new ThemeColor("editorInlayHint.foreground"), fontStyle: "italic" },
  });
  let turn = 0;
  let resting: NodeJS.Timeout | undefined;

  const draw = async (editor: TextEditor, mine: number): Promise<void> => {
    const { document } = editor;
    const project = projects.of(document.uri);
    const figured = results.figures(document.uri.fsPath);
    const isShown = document.languageId === "typescript" && areFiguresOn(document);
    const all = isShown && project !== undefined && figured !== undefined ? await place(document, figured) : [];
    // The editor has moved on while the graph was asked for.
    if (mine !== turn) return;
    const isOld = project !== undefined && figured !== undefined && isStale(project.root, figured.files);
    const shown = all.map(({ line, text, table }): DecorationOptions => {
      const said = isOld ? `before your change: ${text}` : text;
      const { end } = document.lineAt(line).range;
      return {
        range: new Range(end, end),
        hoverMessage: new MarkdownString(`${isOld ? "Before your change:\n\n" : ""}${table}`),
        renderOptions: { after: { contentText: said } },
      };
    });
    editor.setDecorations(fresh, isOld ? [] : shown);
    editor.setDecorations(stale, isOld ? shown : []);
  };
  const place = async (document: TextDocument, { nodes }: Figured) => {
    const answer = await client()?.sendRequest<PlacedGraph | null>("qmtl/graph", {
      textDocument: { uri: document.uri.toString() },
    });
    // What a submission runs is the file's one strategy; figures of other shapes are not guessed at.
    const [graph] = answer?.strategies ?? [];
    const lines = new Map<number, { texts: string[]; tables: string[] }>();
    for (const { node, label, columns } of nodes) {
      const placed = graph?.nodes.find(({ runs }) => runs === node);
      const line = placed?.place?.range.start.line;
      if (line === undefined || line >= document.lineCount) continue;
      const at = lines.get(line) ?? { texts: [], tables: [] };
      lines.set(line, at);
      at.texts.push(nodeText(columns));
      at.tables.push(`**${label}**\n\n${nodeTable(columns)}`);
    }
    return [...lines].map(([line, { texts, tables }]) => ({
      line,
      // A node that is made inside of another one shares its line; the outer one comes last.
      text: texts.at(-1) ?? "",
      table: tables.toReversed().join("\n\n"),
    }));
  };
  const redraw = (): void => {
    const mine = ++turn;
    for (const editor of window.visibleTextEditors)
      draw(editor, mine).catch((error: unknown) => output.debug(`figures: ${sentenceOf(error)}`));
  };
  const rest = (): void => {
    clearTimeout(resting);
    resting = setTimeout(redraw, REST_MS);
  };
  const listening = [
    results.onChange(redraw),
    window.onDidChangeVisibleTextEditors(redraw),
    workspace.onDidChangeTextDocument(({ contentChanges }) => contentChanges.length > 0 && rest()),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("qmtl.figures") && redraw()),
    fresh,
    stale,
  ];
  redraw();
  return {
    async ask(project, file, world, files) {
      const document = workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
      if (document === undefined || !areFiguresOn(document)) return;
      try {
        // The evaluation is in the ledger already: looking at it again is no trial.
        const { nodes } = await project.request<PreviewResult>("qmtl/preview", { file, world, nodes: true, points: 4 });
        if (nodes !== undefined) results.figured(file, { nodes, files });
      } catch (error) {
        output.warn(`The figures of ${file} could not be had: ${sentenceOf(error)}`);
      }
    },
    dispose() {
      clearTimeout(resting);
      for (const one of listening) one.dispose();
    },
  };
}

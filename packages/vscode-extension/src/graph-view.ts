import { basename } from "node:path";
import type { GraphAnswer } from "@qmtl/lsp";
import {
  type CancellationToken,
  CancellationTokenSource,
  Disposable,
  type Event,
  Range,
  type TextDocument,
  type TextEditor,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from "vscode";
import type { NodeTimes } from "./graph/hot-path.ts";
import type { GraphAnswerMessage, GraphMessage, GraphState } from "./graph/message.ts";
import { nodeAt, type WireLocation } from "./graph/place-at.ts";
import { type Drawn, picturesOf } from "./graph/read-pictures.ts";
import { newNonce, scriptedPage } from "./webview-page.ts";

const TYPE = "qmtl.graph";
/** Without typing, before the graph is asked for again. */
const PAUSE_MS = 200;

/** The language server's answer to `qmtl/graph`. */
export type AskGraph = (uri: string, token: CancellationToken) => Promise<GraphAnswer<WireLocation> | null>;

export interface GraphView extends Disposable {
  /** The graph of a file, beside it: one panel for each file. */
  show(document: TextDocument): void;
}

/** Where the times of a file's last run come from. */
export interface TimesSource {
  of(uri: Uri): NodeTimes | undefined;
  /** A file's run may be another one, or its project was found. */
  readonly onChange: Event<unknown>;
}

interface Open {
  readonly uri: Uri;
  readonly panel: WebviewPanel;
  drawn: readonly Drawn<WireLocation>[];
  asking: CancellationTokenSource | undefined;
  waiting: NodeJS.Timeout | undefined;
}

/** @param failed is told what went wrong where nobody waits for it */
export function createGraphView(
  extension: Uri,
  ask: AskGraph,
  measured: TimesSource,
  failed: (error: unknown) => void,
): GraphView {
  const views = new Map<string, Open>();
  const pages = Uri.joinPath(extension, "dist", "pages");
  const say = ({ panel }: Open, message: GraphMessage): void => void panel.webview.postMessage(message);

  const sayTimes = (view: Open): void => say(view, { kind: "times", times: measured.of(view.uri) ?? null });
  const refresh = async (view: Open): Promise<void> => {
    clearTimeout(view.waiting);
    view.asking?.cancel();
    const asking = new CancellationTokenSource();
    view.asking = asking;
    try {
      const answer = await ask(view.uri.toString(), asking.token);
      // A newer question has taken its place.
      if (view.asking !== asking) return;
      view.drawn = answer === null ? [] : picturesOf(answer);
      const pictures = view.drawn.map(({ picture }) => picture);
      say(view, { kind: "pictures", file: basename(view.uri.fsPath), pictures });
      sayTimes(view);
      for (const editor of window.visibleTextEditors) caretMoved(editor);
    } catch (error) {
      if (view.asking === asking) failed(error);
    } finally {
      asking.dispose();
      if (view.asking === asking) view.asking = undefined;
    }
  };
  const later = (view: Open): void => {
    clearTimeout(view.waiting);
    view.waiting = setTimeout(() => void refresh(view), PAUSE_MS);
  };
  const caretMoved = ({ document, selection }: TextEditor): void => {
    const view = views.get(document.uri.toString());
    if (view === undefined) return;
    const words = document.getWordRangeAtPosition(selection.active);
    const at = {
      uri: view.uri.toString(),
      position: selection.active,
      word: words === undefined ? undefined : document.getText(words),
    };
    for (const [strategy, { places }] of view.drawn.entries()) {
      const found = nodeAt(places, at);
      if (found !== undefined) {
        say(view, { kind: "caret", strategy, node: found.node });
        return;
      }
    }
  };
  const heard = (view: Open, message: GraphAnswerMessage): void => {
    if (message.kind === "ready") void refresh(view);
    else void reveal(view, message).catch(failed);
  };
  const adopt = (uri: Uri, panel: WebviewPanel): void => {
    const view: Open = { uri, panel, drawn: [], asking: undefined, waiting: undefined };
    views.set(uri.toString(), view);
    panel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
    const { webview } = panel;
    const listening = [
      webview.onDidReceiveMessage((message: GraphAnswerMessage) => heard(view, message)),
      panel.onDidDispose(() => {
        clearTimeout(view.waiting);
        view.asking?.cancel();
        views.delete(uri.toString());
        for (const one of listening) one.dispose();
      }),
    ];
    webview.html = scriptedPage({
      title: panel.title,
      script: webview.asWebviewUri(Uri.joinPath(pages, "graph.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(pages, "graph.css")).toString(),
      source: webview.cspSource,
      nonce: newNonce(),
      state: { uri: uri.toString() },
    });
  };
  const watching = Disposable.from(
    window.registerWebviewPanelSerializer(TYPE, {
      async deserializeWebviewPanel(panel, state: GraphState | undefined) {
        if (state === undefined || state.uri === "") panel.dispose();
        else adopt(Uri.parse(state.uri), panel);
      },
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      // What it imports shapes its graph as well.
      if (document.languageId === "typescript" && contentChanges.length > 0)
        for (const view of views.values()) later(view);
    }),
    measured.onChange(() => {
      for (const view of views.values()) sayTimes(view);
    }),
    window.onDidChangeTextEditorSelection(({ textEditor }) => caretMoved(textEditor)),
  );
  return {
    show(document) {
      const known = views.get(document.uri.toString());
      if (known !== undefined) return known.panel.reveal();
      const title = `Graph: ${basename(document.uri.fsPath)}`;
      adopt(
        document.uri,
        window.createWebviewPanel(TYPE, title, { viewColumn: ViewColumn.Beside, preserveFocus: false }),
      );
    },
    dispose() {
      watching.dispose();
      for (const { panel } of views.values()) panel.dispose();
    },
  };
}

/** Only places that the language server named can be gone to. */
async function reveal(
  { drawn }: Open,
  { strategy, node, column }: Extract<GraphAnswerMessage, { kind: "reveal" }>,
): Promise<void> {
  const places = drawn[strategy]?.places.find(({ key }) => key === node);
  const place = (column === null ? undefined : places?.columns.get(column)) ?? places?.node;
  if (place === undefined || place === null) return;
  const uri = Uri.parse(place.uri);
  const { start, end } = place.range;
  const range = new Range(start.line, start.character, end.line, end.character);
  const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  const editor = await window.showTextDocument(uri, {
    viewColumn: shown?.viewColumn ?? ViewColumn.One,
    selection: new Range(range.start, range.start),
  });
  editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
}

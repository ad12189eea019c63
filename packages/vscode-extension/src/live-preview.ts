import { join, relative } from "node:path";
import type { PreviewResult } from "@qmtl/core";
import {
  CancellationTokenSource,
  type Disposable,
  type LogOutputChannel,
  type TextDocument,
  window,
  workspace,
} from "vscode";
import { areFiguresOn } from "./node-figures-view.ts";
import { isCancelled, sentenceOf } from "./project-server.ts";
import type { Projects } from "./projects.ts";
import type { Results } from "./results.ts";
import { filesAsShown } from "./run-files.ts";

/** Of equity: as many as the picture in the hover shows. */
const POINTS = 240;

/**
 * Evaluates the strategy again at each pause in typing, where the author switched it on and the workspace is trusted. A newer text takes
 * the older one's request back.
 */
export function startLivePreview(projects: Projects, results: Results, output: LogOutputChannel): Disposable {
  const waiting = new Map<string, NodeJS.Timeout>();
  const going = new Map<string, CancellationTokenSource>();

  const stop = (file: string): void => {
    clearTimeout(waiting.get(file));
    waiting.delete(file);
    going.get(file)?.cancel();
    going.delete(file);
  };
  const run = async (document: TextDocument): Promise<void> => {
    const file = document.uri.fsPath;
    const project = projects.of(document.uri);
    const world = results.world(file);
    if (project === undefined || world === undefined) return;
    const source = new CancellationTokenSource();
    going.set(file, source);
    try {
      const unsaved = Object.fromEntries(
        workspace.textDocuments
          .filter(({ isDirty, uri }) => isDirty && projects.of(uri) === project)
          .map((one) => [relative(project.root, one.uri.fsPath), one.getText()]),
      );
      const params = {
        file: relative(project.root, file),
        world,
        unsaved,
        nodes: areFiguresOn(document),
        points: POINTS,
      };
      const files = filesAsShown(project.root, [file, ...Object.keys(unsaved).map((path) => join(project.root, path))]);
      results.previewed(file, await project.request<PreviewResult>("qmtl/preview", params, source.token), files);
    } catch (error) {
      if (isCancelled(error)) return;
      // What is being typed is often no strategy yet: its figures go, its squiggles say why.
      results.previewed(file, undefined, {});
      output.debug(`preview of ${file}: ${sentenceOf(error)}`);
    } finally {
      if (going.get(file) === source) going.delete(file);
      source.dispose();
    }
  };
  const wait = (document: TextDocument): void => {
    const settings = workspace.getConfiguration("qmtl.preview", document.uri);
    if (document.languageId !== "typescript" || !workspace.isTrusted) return;
    if (!settings.get<boolean>("enabled") || document.uri.scheme !== "file" || !isShown(document)) return;
    const file = document.uri.fsPath;
    stop(file);
    waiting.set(
      file,
      setTimeout(() => void run(document), settings.get<number>("pause") ?? 300),
    );
  };
  const changed = workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) wait(document);
  });
  const switched = workspace.onDidChangeConfiguration((change) => {
    if (!change.affectsConfiguration("qmtl.preview.enabled")) return;
    for (const file of new Set([...waiting.keys(), ...going.keys()])) stop(file);
    results.forgetPreviews();
    for (const { document } of window.visibleTextEditors) wait(document);
  });
  return {
    dispose() {
      changed.dispose();
      switched.dispose();
      for (const file of new Set([...waiting.keys(), ...going.keys()])) stop(file);
    },
  };
}

function isShown({ uri }: TextDocument): boolean {
  return window.visibleTextEditors.some((editor) => editor.document.uri.toString() === uri.toString());
}

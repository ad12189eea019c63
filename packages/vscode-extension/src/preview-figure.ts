import { type Disposable, Range, type TextEditor, ThemeColor, window } from "vscode";
import { previewFigureText } from "./figure-text.ts";
import type { Results } from "./results.ts";

/**
 * At the end of the line where a strategy begins: what its preview came to, as soon as it is known. The line above it tells the same a
 * little later: the editor lets such lines rest for a quarter of a second.
 */
export function showPreviewFigure(results: Results): Disposable {
  const figure = window.createTextEditorDecorationType({
    after: { margin: "0 0 0 3ch", color: new ThemeColor("editorCodeLens.foreground") },
  });
  const draw = (editor: TextEditor): void => {
    const { document } = editor;
    const file = document.uri.fsPath;
    const preview = results.preview(file);
    const line = preview === undefined ? -1 : document.getText().split("\n").findIndex(beginsStrategy);
    if (preview === undefined || line < 0) {
      editor.setDecorations(figure, []);
      return;
    }
    const { end } = document.lineAt(line).range;
    const contentText = previewFigureText(preview, results.last(file)?.sharpe ?? null);
    editor.setDecorations(figure, [{ range: new Range(end, end), renderOptions: { after: { contentText } } }]);
  };
  const redraw = (): void => window.visibleTextEditors.forEach(draw);
  const listening = [results.onChange(redraw), window.onDidChangeVisibleTextEditors(redraw), figure];
  redraw();
  return {
    dispose() {
      for (const one of listening) one.dispose();
    },
  };
}

/** A line of code in which a strategy begins. */
export function beginsStrategy(line: string): boolean {
  return /\bstrategy\s*\(/.test(line);
}

import type { CheckAnswer } from "@qmtl/lsp";
import { commands, ProgressLocation, window } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** Waits until every strategy and world of the workspace was looked at, says what was found, and shows it. */
export async function checkWorkspace(client: Pick<LanguageClient, "sendRequest">): Promise<void> {
  const { summary, counts } = await window.withProgress(
    { location: ProgressLocation.Window, title: "QMTL: checking the workspace" },
    () => client.sendRequest<CheckAnswer>("qmtl/check"),
  );
  const found = counts.error + counts.warning + counts.info;
  if (found > 0) await commands.executeCommand("workbench.actions.view.problems");
  void (counts.error > 0
    ? window.showWarningMessage(`QMTL: ${summary}`)
    : window.showInformationMessage(`QMTL: ${summary}`));
}

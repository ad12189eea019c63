import { randomUUID } from "node:crypto";
import { relative } from "node:path";
import type { WorldRow } from "@qmtl/cli";
import type { SubmitResult } from "@qmtl/core";
import {
  type CancellationToken,
  type DiagnosticCollection,
  ProgressLocation,
  type QuickPickItem,
  type TextDocument,
  window,
} from "vscode";
import { formatRatio } from "./lens-title.ts";
import { isCancelled, type ProjectServer, sentenceOf } from "./project-server.ts";
import type { Results } from "./results.ts";
import { showTearsheet } from "./tearsheet.ts";
import { showViolations } from "./violations.ts";

export interface SubmitParts {
  readonly project: ProjectServer;
  readonly document: TextDocument;
  readonly results: Results;
  readonly violations: DiagnosticCollection;
  /** Ask for the world even where one is remembered. */
  readonly ask: boolean;
  readonly done: () => void;
}

/** Submits a strategy file: picks the world, shows the phases, can be cancelled, and leaves the result beside the code. */
export async function submitStrategy(parts: SubmitParts): Promise<SubmitResult | undefined> {
  const { project, document, results, violations, done } = parts;
  const file = document.uri.fsPath;
  try {
    if (document.isDirty && !(await document.save())) return undefined;
    const world = await chooseWorld(parts);
    if (world === undefined) return undefined;
    const result = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Submitting to ${world}`, cancellable: true },
      async (progress, token) => {
        const name = randomUUID();
        const phases = project.onPhase(name, (phase) => progress.report({ message: phase }));
        try {
          return await send(project, { file: relative(project.root, file), world, token: name }, token);
        } finally {
          phases.dispose();
        }
      },
    );
    if (result === undefined) return undefined;
    results.submitted(file, world, result);
    showViolations(violations, document, project.root, result);
    void announce(result, project);
    return result;
  } catch (error) {
    void window.showErrorMessage(sentenceOf(error));
    return undefined;
  } finally {
    done();
  }
}

async function send(
  project: ProjectServer,
  params: object,
  token: CancellationToken,
): Promise<SubmitResult | undefined> {
  try {
    return await project.request<SubmitResult>("qmtl/submit", params, token);
  } catch (error) {
    if (isCancelled(error)) return undefined;
    throw error;
  }
}

async function chooseWorld({ project, document, results, ask }: SubmitParts): Promise<string | undefined> {
  const { worlds } = await project.request<{ worlds: readonly WorldRow[] }>("qmtl/worlds");
  const remembered = results.world(document.uri.fsPath);
  if (!ask) {
    if (remembered !== undefined && worlds.some(({ world }) => world === remembered)) return remembered;
    if (worlds.length === 1) return worlds[0]?.world;
  }
  if (worlds.length === 0) {
    void window.showWarningMessage(
      "This project has no worlds yet. Make one in a terminal: npx qmtl world create my-world",
    );
    return undefined;
  }
  const items = worlds.map(
    (row): QuickPickItem => ({
      label: row.world,
      description: "error" in row ? row.error.message : `${row.status.active} active, ${row.status.trials} trials`,
    }),
  );
  return (await window.showQuickPick(items, { title: "Submit to World", placeHolder: "The world that judges it" }))
    ?.label;
}

const SHOW = "Show Tearsheet";

async function announce(
  { status, strategy, world, metrics, reason, provenance, error }: SubmitResult,
  project: ProjectServer,
): Promise<void> {
  const { sharpe } = metrics;
  const figure = typeof sharpe === "number" ? `, Sharpe ${formatRatio(sharpe)}` : "";
  const evalKey = provenance?.evalKey;
  const text = `${strategy} in ${world}: ${status}${figure}. ${error?.message ?? reason}`;
  const choices = evalKey === undefined || error !== null ? [] : [SHOW];
  const choice = await (status === "active" || status === "applying"
    ? window.showInformationMessage(text, ...choices)
    : window.showWarningMessage(text, ...choices));
  if (choice === SHOW && evalKey !== undefined) await showTearsheet(project, evalKey, world);
}

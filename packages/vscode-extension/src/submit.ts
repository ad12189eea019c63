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
  workspace,
} from "vscode";
import { formatRatio } from "./lens-title.ts";
import { isCancelled, type ProjectServer, sentenceOf } from "./project-server.ts";
import type { Results } from "./results.ts";
import { filesOfLastRun, type RunFiles } from "./run-files.ts";
import { showTearsheet } from "./tearsheet.ts";
import { showViolations } from "./violations.ts";

export interface SubmitParts {
  readonly project: ProjectServer;
  readonly document: TextDocument;
  readonly results: Results;
  readonly violations: DiagnosticCollection;
  /** Ask for the world even where one is remembered. */
  readonly ask: boolean;
  /** Called when it is over, whatever came of it. */
  readonly done: (submitted: Submitted | undefined) => void;
}

/** What was submitted, and what came of it. */
export interface Submitted {
  readonly project: ProjectServer;
  readonly document: TextDocument;
  readonly world: string;
  readonly result: SubmitResult;
  readonly files: RunFiles;
}

/** Submits a strategy file: picks the world, shows the phases, can be cancelled, and leaves the result beside the code. */
export async function submitStrategy(parts: SubmitParts): Promise<SubmitResult | undefined> {
  const { project, done } = parts;
  let submitted: Submitted | undefined;
  try {
    const document = await saved(parts.document);
    if (document === undefined) return undefined;
    const world = await chooseWorld({ ...parts, document });
    if (world === undefined) return undefined;
    submitted = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Submitting to ${world}`, cancellable: true },
      (progress, token) => submitTo({ ...parts, document }, world, token, (message) => progress.report({ message })),
    );
    if (submitted !== undefined) void announce(submitted.result, project);
    return submitted?.result;
  } catch (error) {
    void window.showErrorMessage(sentenceOf(error));
    return undefined;
  } finally {
    done(submitted);
  }
}

/** What is submitted stands on disk. A new file becomes another document when it is saved: that one is shown. */
async function saved(document: TextDocument): Promise<TextDocument | undefined> {
  if (!document.isUntitled) return !document.isDirty || (await document.save()) ? document : undefined;
  const uri = await workspace.save(document.uri);
  return uri && (await window.showTextDocument(uri)).document;
}

/**
 * Submits to a world without asking anything, and leaves the result beside the code.
 *
 * @returns undefined when it was taken back
 * @throws what the server answers
 */
export async function submitTo(
  { project, document, results, violations }: Pick<SubmitParts, "project" | "document" | "results" | "violations">,
  world: string,
  token: CancellationToken,
  phase: (words: string) => void,
): Promise<Submitted | undefined> {
  const file = document.uri.fsPath;
  const name = randomUUID();
  const phases = project.onPhase(name, phase);
  try {
    const params = { file: relative(project.root, file), world, token: name };
    const result = await project.request<SubmitResult>("qmtl/submit", params, token);
    const files = filesOfLastRun(project.root, file);
    results.submitted(file, world, result, files);
    showViolations(violations, document, project.root, result);
    return { project, document, world, result, files };
  } catch (error) {
    if (isCancelled(error)) return undefined;
    throw error;
  } finally {
    phases.dispose();
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

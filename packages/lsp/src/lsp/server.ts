import { runManifestPath } from "@qmtl/core/static";
import {
  CodeLensRefreshRequest,
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceFolder,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { capabilitiesFor } from "./capabilities.ts";
import { diagnosticOf, isShown } from "./diagnostics.ts";
import { answerLanguageRequests } from "./language.ts";
import { createPublisher } from "./publisher.ts";
import { answerPulls } from "./pull.ts";
import { type ClientSettings, settingsOf } from "./settings.ts";
import { createTypeTier, type TypeTier } from "./type-tier.ts";
import { type After, createTypesClient, later } from "./types-client.ts";
import { uriOfPath } from "./uri.ts";
import { type Affected, createWorkspace } from "./workspace.ts";

export interface ServerParts {
  /** What it says of itself. */
  readonly version: string;
  /** The file of the worker that checks types. */
  readonly typesWorker: string;
  /** Default: the clock of the process. */
  readonly after?: After;
}

/** The language server on one connection. It reads files and answers; it runs nothing that stands in them. */
export function serve(connection: Connection, { version, typesWorker, after = later }: ServerParts): void {
  const workspace = createWorkspace();
  let settings: ClientSettings | undefined;
  let folders: readonly WorkspaceFolder[] = [];
  let isDown = false;
  let looked: Promise<unknown> = Promise.resolve();
  const pulls = answerPulls(connection, workspace, () => settings);
  let types: TypeTier | undefined;
  const publisher = createPublisher(
    (at, findings, document) => {
      if (settings === undefined || isDown) return;
      if (settings.pulls) return pulls.changed();
      const current = settings;
      void connection.sendDiagnostics({
        uri: at.root.uriOf(at.path),
        ...(document !== undefined && { version: document.version }),
        diagnostics: findings.filter((finding) => isShown(finding, current)).map((each) => diagnosticOf(at.root, each)),
      });
    },
    report,
    (at) => types?.published(at),
  );

  connection.onInitialize((params): InitializeResult => {
    settings = settingsOf(params);
    // Where TypeScript is at work, it says itself what types prove.
    if (!settings.typescript) {
      const failed = (message: string): void =>
        connection.console.error(`Types are not checked, all else is: their worker failed (${message})`);
      const client = createTypesClient({ worker: typesWorker, after, failed });
      types = createTypeTier({ client, after, answered: publisher.refresh });
    }
    folders =
      params.workspaceFolders ??
      (params.rootUri ? [{ uri: params.rootUri, name: "" }] : params.rootPath ? [folderOf(params.rootPath)] : []);
    return { capabilities: capabilitiesFor(settings), serverInfo: { name: "qmtl", version } };
  });

  connection.onInitialized(() => {
    if (settings?.watchesFiles === true)
      connection.client
        .register(DidChangeWatchedFilesNotification.type, {
          watchers: [{ globPattern: "**/*.{ts,mts,js,mjs,yml,json}" }, { globPattern: "**/*/" }],
        })
        .catch(report);
    if (settings?.watchesFolders === true)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) withdraw(workspace.removeFolder(uri));
        void addFolders(added);
      });
    void addFolders(folders);
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version: number, text } }) => {
    const document = TextDocument.create(uri, languageId, number, text);
    void settle(workspace.openDocument(document), uri);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version: number }, contentChanges }) => {
    const document = workspace.documents.get(uri);
    if (document === undefined) return;
    types?.edited();
    const affected = workspace.editDocument(uri, TextDocument.update(document, contentChanges, number));
    publisher.check(affected, workspace.locate(uri));
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const at = workspace.locate(uri);
    at?.root.analysis.answerTypes(at.path, undefined);
    const affected = workspace.closeDocument(uri);
    if (at !== undefined && at.root.text(at.path) === undefined) withdraw([at]);
    publisher.check(affected.filter(({ root, path }) => root.text(path) !== undefined));
  });
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    void settle(workspace.disk([{ uri, isGone: false }]));
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    void settle(workspace.disk(changes.map(({ uri, type }) => ({ uri, isGone: type === 3 }))));
    if (changes.some(({ uri }) => uri.includes(RUN_MANIFESTS))) refreshHints();
  });

  answerLanguageRequests(connection, { workspace, publisher, settings: () => settings, looked: () => looked });

  connection.onShutdown(() => {
    isDown = true;
    publisher.dispose();
    types?.dispose();
  });

  async function addFolders(added: readonly WorkspaceFolder[]): Promise<void> {
    const looking = lookThrough(added);
    looked = Promise.allSettled([looked, looking]);
    const progress = await looking;
    // What was asked of an open file before its folder was looked through had no answer.
    if (settings?.refreshesLenses === true) connection.sendRequest(CodeLensRefreshRequest.type).catch(report);
    for (const root of workspace.roots())
      publisher.check(
        root.analysis
          .paths()
          .filter((path) => publisher.findings({ root, path }) === undefined)
          .map((path) => ({ root, path })),
      );
    const total = publisher.waiting();
    const beat = setInterval(() => {
      const done = total - Math.min(total, publisher.waiting());
      progress?.report(total === 0 ? 100 : Math.round((100 * done) / total), `${done} of ${total} files`);
    }, 100);
    await publisher.idle();
    clearInterval(beat);
    progress?.done();
    refreshHints();
  }

  function refreshHints(): void {
    if (settings?.refreshesHints === true) connection.languages.inlayHint.refresh().catch(report);
  }

  async function lookThrough(added: readonly WorkspaceFolder[]) {
    const progress = settings?.showsProgress === true ? await connection.window.createWorkDoneProgress() : undefined;
    progress?.begin("QMTL", 0, "looking for strategies and worlds");
    for (const { uri } of added) await settle(workspace.addFolder(uri));
    return progress;
  }

  async function settle(found: Promise<Affected>, edited?: string): Promise<void> {
    try {
      const affected = await found;
      types?.edited();
      withdraw(affected.filter(({ root, path }) => root.text(path) === undefined));
      publisher.check(
        affected.filter(({ root, path }) => root.text(path) !== undefined),
        edited === undefined ? undefined : workspace.locate(edited),
      );
    } catch (error) {
      report(error);
    }
  }

  /** Files that are gone have nothing to say any more. */
  function withdraw(gone: Affected): void {
    for (const { root, path } of gone) {
      if (root.open.has(path)) continue;
      publisher.forget([{ root, path }]);
      if (settings?.pulls === false) void connection.sendDiagnostics({ uri: root.uriOf(path), diagnostics: [] });
    }
  }

  function report(error: unknown): void {
    if (isDown || (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)) return;
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** Where runs leave what hints tell of them. */
const RUN_MANIFESTS = runManifestPath("").replace(/[^/]*$/, "");

function folderOf(path: string): WorkspaceFolder {
  return { uri: uriOfPath(path), name: "" };
}

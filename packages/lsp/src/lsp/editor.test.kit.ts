import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

let bundle: Promise<string> | undefined;

/** On a machine that is busy with other things too, a checker of types needs some seconds for its first answer. */
const PATIENCE_MS = 40_000;

/** The server as it ships, built once for each test file. */
export function builtServer(): Promise<string> {
  bundle ??= (async () => {
    const tool = fileURLToPath(new URL("../../../../tools/bundle-server.mjs", import.meta.url));
    const { bundleServer } = (await import(pathToFileURL(tool).href)) as {
      bundleServer(outfile: string): Promise<number>;
    };
    const outfile = join(mkdtempSync(join(tmpdir(), "qmtl-server-")), "language-server.cjs");
    await bundleServer(outfile);
    process.once("exit", () => rmSync(dirname(outfile), { recursive: true, force: true }));
    return outfile;
  })();
  return bundle;
}

/** Files on disk, gone when `remove` is called. */
export interface TestWorkspace {
  readonly folder: string;
  readonly uri: string;
  uriOf(path: string): string;
  write(path: string, text: string): void;
  remove(): void;
}

/** A project that has the packages of this repository, as sources. */
export function projectWithPackages(files: Readonly<Record<string, string>>): TestWorkspace {
  const workspace = testWorkspace({ "tsconfig.json": TSCONFIG, ...files });
  symlinkSync(
    fileURLToPath(new URL("../../../../node_modules", import.meta.url)),
    join(workspace.folder, "node_modules"),
  );
  return workspace;
}

const TSCONFIG = JSON.stringify({ compilerOptions: { customConditions: ["@qmtl/source"] } });

export function testWorkspace(files: Readonly<Record<string, string>>): TestWorkspace {
  const folder = mkdtempSync(join(tmpdir(), "qmtl-workspace-"));
  const workspace: TestWorkspace = {
    folder,
    uri: pathToFileURL(folder).href,
    uriOf: (path) => pathToFileURL(join(folder, path)).href,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  for (const [path, text] of Object.entries(files)) workspace.write(path, text);
  return workspace;
}

/** What an editor is to the server: it opens, types, and keeps the last diagnostics of each file. */
export interface Editor {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly initialized: InitializeResult;
  readonly published: ReadonlyMap<string, PublishDiagnosticsParams>;
  /** All of them, in the order in which they came. */
  readonly history: readonly PublishDiagnosticsParams[];
  /** Methods that the server asked for, in order. */
  readonly asked: readonly string[];
  /** What it wrote beside the protocol. */
  readonly log: () => string;
  open(uri: string, text: string, languageId?: string): void;
  /** The whole text anew, or a range of it. */
  change(uri: string, changes: readonly Change[]): number;
  /** Resolves once diagnostics of a file hold; fails when that takes too long. */
  until(
    uri: string,
    holds: (diagnostics: readonly Diagnostic[], version?: number) => boolean,
  ): Promise<readonly Diagnostic[]>;
  /** Resolves once its log holds a text. */
  logged(text: string): Promise<void>;
  /** Resolves when the server asks the editor to ask for diagnostics again. */
  refreshed(): Promise<void>;
  ask<T>(method: string, params: unknown): Promise<T>;
  stop(): Promise<number | null>;
  /** The exit code; null when it was killed. */
  readonly exited: Promise<number | null>;
}

export type Change =
  | { readonly text: string }
  | {
      readonly range: {
        readonly start: { readonly line: number; readonly character: number };
        readonly end: { readonly line: number; readonly character: number };
      };
      readonly text: string;
    };

export const EDITOR: ClientCapabilities = {
  textDocument: {
    publishDiagnostics: { versionSupport: true, relatedInformation: true, tagSupport: { valueSet: [1] } },
    hover: { contentFormat: ["markdown"] },
  },
  window: { workDoneProgress: true },
  workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
};

export async function startEditor(
  command: readonly string[],
  {
    folders = [],
    capabilities = EDITOR,
    initializationOptions,
  }: {
    readonly folders?: readonly string[];
    readonly capabilities?: ClientCapabilities;
    readonly initializationOptions?: unknown;
  } = {},
): Promise<Editor> {
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published = new Map<string, PublishDiagnosticsParams>();
  const history: PublishDiagnosticsParams[] = [];
  const versions = new Map<string, number>();
  let listeners: (() => void)[] = [];
  let refreshes = 0;
  let seenRefreshes = 0;
  const notify = (): void => {
    const woken = listeners;
    listeners = [];
    for (const wake of woken) wake();
  };
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    published.set(params.uri, params);
    history.push(params);
    notify();
  });
  connection.onNotification("window/logMessage", ({ message }: { readonly message: string }) => {
    log += `${message}\n`;
    notify();
  });
  const asked: string[] = [];
  for (const method of [
    "client/registerCapability",
    "window/workDoneProgress/create",
    "workspace/diagnostic/refresh",
    "workspace/codeLens/refresh",
  ])
    connection.onRequest(method, () => {
      asked.push(method);
      if (method === "workspace/diagnostic/refresh") refreshes++;
      notify();
      return null;
    });
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => {
      connection.dispose();
      resolve(code);
      notify();
    });
  });
  async function eventually<T>(look: () => T | undefined, otherwise: () => string): Promise<T> {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
      const found = look();
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`the server ended: ${log}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    throw new Error(`${otherwise()} ${log}`);
  }
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities,
    initializationOptions,
    workspaceFolders: folders.map((uri) => ({ uri, name: uri.slice(uri.lastIndexOf("/") + 1) })),
  });
  await connection.sendNotification("initialized", {});
  return {
    connection,
    process: child,
    initialized,
    published,
    history,
    asked,
    log: () => log,
    open(uri, text, languageId = uri.endsWith(".yml") ? "yaml" : "typescript") {
      versions.set(uri, 1);
      void connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
    },
    change(uri, contentChanges) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      void connection.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
      return version;
    },
    until: (uri, holds) =>
      eventually(
        () => {
          const known = published.get(uri);
          return known !== undefined && holds(known.diagnostics, known.version) ? known.diagnostics : undefined;
        },
        () => `${uri} never came to it: ${JSON.stringify(published.get(uri))}`,
      ),
    async logged(text) {
      await eventually(
        () => log.includes(text) || undefined,
        () => `it never said ${text}`,
      );
    },
    async refreshed() {
      await eventually(
        () => refreshes > seenRefreshes || undefined,
        () => "it never asked for a refresh",
      );
      seenRefreshes = refreshes;
    },
    exited,
    ask: (method, params) => connection.sendRequest(method, params),
    async stop() {
      if (child.exitCode === null && child.signalCode === null && child.stdin.writable) {
        await connection.sendRequest("shutdown");
        await connection.sendNotification("exit");
      }
      return exited;
    },
  };
}

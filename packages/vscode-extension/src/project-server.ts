import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CancellationToken, type LogOutputChannel, window, workspace } from "vscode";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { versionMismatch } from "./version-mismatch.ts";

/** The workspace's own `qmtl serve`, for one project. It starts with the first request, and again after it ended. */
export interface ProjectServer {
  readonly root: string;
  /** @throws what the server answers; {@link ServerUnavailable} when there is none */
  request<R>(method: string, params?: object, token?: CancellationToken): Promise<R>;
  onPhase(token: string, listen: (phase: string) => void): { dispose(): void };
  /** `off`: nothing was asked yet, or it was stopped. `lost`: it ended unasked too often, and waits to be asked again. */
  readonly state: ServerState;
  onState(listen: () => void): { dispose(): void };
  /** Ends it and what it runs; the next request starts another one. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export type ServerState = "off" | "starting" | "on" | "lost";

export interface ProjectServerOptions {
  /** The Node.js to run it with. */
  readonly node: () => string;
  readonly output: LogOutputChannel;
  /** Of the extension: the project's packages are to be of the same minor version. */
  readonly version: string;
}

export class ServerUnavailable extends Error {}

/** How long it may take to end by itself before it is ended, ms. */
const GRACE_MS = 3_000;
/** Waits between two starts after failures, ms. */
const BACK_OFF_MS = [0, 1_000, 2_000, 5_000, 15_000, 30_000] as const;

interface Running {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly ended: Promise<void>;
  /** From now on its end is no failure. */
  expectEnd(): void;
}

export function createProjectServer(root: string, { node, output, version }: ProjectServerOptions): ProjectServer {
  const phases = new Map<string, (phase: string) => void>();
  const listeners = new Set<() => void>();
  let running: Promise<Running> | undefined;
  let failures = 0;
  let isDown = false;
  let isCompared = false;
  let state: ServerState = "off";
  const become = (next: ServerState): void => {
    if (state === next) return;
    state = next;
    for (const listen of listeners) listen();
  };

  const start = async (): Promise<Running> => {
    const wait = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? 0;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (isDown) throw new ServerUnavailable("The extension is shutting down.");
    // The one place where code of the workspace begins to run.
    if (!workspace.isTrusted) throw new ServerUnavailable("Trust this workspace first: nothing of it runs until then.");
    const cli = packageFolder(root, "@qmtl/cli");
    if (cli === undefined)
      throw new ServerUnavailable(`${root} has no @qmtl/cli yet. Install the project's packages: npm install`);
    const command = join(cli, "bin", "qmtl.js");
    const { connectProcess } = await import("./connect-process.ts");
    output.info(`qmtl serve in ${root}`);
    const child = spawn(node(), [command, "serve", "--stdio"], {
      cwd: root,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      stdio: "pipe",
    });
    let stopped = false;
    let last = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      last = text.trim().split("\n").at(-1) ?? last;
      output.warn(text.trimEnd());
    });
    const connection = connectProcess(child);
    const ended = new Promise<void>((resolve) => {
      child.once("error", (error) => {
        last = error.message;
        resolve();
      });
      child.once("exit", () => resolve());
    });
    void ended.then(() => {
      connection.dispose();
      if (running === starting) running = undefined;
      if (stopped || isDown) return become("off");
      failures++;
      output.error(`qmtl serve in ${root} ended unasked: ${last}`);
      // One notice, however often it ends.
      if (failures === 1)
        void window
          .showWarningMessage(
            `The QMTL server of ${basename(root)} ended: ${last || "it said nothing"}. It is started again.`,
            "Show Output",
          )
          .then((choice) => choice !== undefined && output.show());
      if (failures >= BACK_OFF_MS.length) return become("lost");
      server().catch((error: unknown) => output.error(sentenceOf(error)));
    });
    connection.onNotification("qmtl/phase", ({ token, phase }: { token: string; phase: string }) =>
      phases.get(token)?.(phase),
    );
    connection.listen();
    const expectEnd = (): void => {
      stopped = true;
    };
    const { qmtl } = await Promise.race([
      connection.sendRequest<{ readonly qmtl: string }>("initialize", { protocol: 1 }),
      ended.then(() => {
        throw new ServerUnavailable(`qmtl serve ended: ${last || "it said nothing"}`);
      }),
    ]);
    compare(qmtl);
    become("on");
    return { process: child, connection, ended, expectEnd };
  };
  /** Once for each project: what does not belong together works in ways that nobody tried. */
  const compare = (cli: string): void => {
    if (isCompared) return;
    isCompared = true;
    const mismatch = versionMismatch({ extension: version, cli, core: packageVersion(root, "@qmtl/core") });
    if (mismatch === undefined) return;
    output.warn(`${root}: ${mismatch}`);
    void window.showWarningMessage(`${basename(root)}: ${mismatch}`);
  };
  let starting: Promise<Running> | undefined;
  const server = (): Promise<Running> => {
    if (isDown) throw new ServerUnavailable("The extension is shutting down.");
    if (running === undefined) {
      const mine = start();
      starting = mine;
      running = mine;
      become("starting");
      mine.catch(() => {
        if (running !== mine) return;
        running = undefined;
        become(failures >= BACK_OFF_MS.length ? "lost" : "off");
      });
    }
    return running;
  };
  const end = async (): Promise<void> => {
    const going = running;
    running = undefined;
    const found = await going?.catch(() => undefined);
    if (found === undefined) return;
    found.expectEnd();
    const { process: child, connection, ended } = found;
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    void connection.sendRequest("shutdown").then(
      () => connection.sendNotification("exit"),
      () => child.kill("SIGKILL"),
    );
    await ended;
    clearTimeout(timer);
  };

  return {
    root,
    get state() {
      return state;
    },
    onState(listen) {
      listeners.add(listen);
      return { dispose: () => listeners.delete(listen) };
    },
    async request<R>(method: string, params?: object, token?: CancellationToken): Promise<R> {
      const { connection } = await server();
      const given = [params, token].filter((one) => one !== undefined);
      const answer = await connection.sendRequest<R>(method, ...given);
      failures = 0;
      return answer;
    },
    onPhase(token, listen) {
      phases.set(token, listen);
      return { dispose: () => phases.delete(token) };
    },
    async restart() {
      failures = 0;
      await end();
    },
    async dispose() {
      isDown = true;
      await end();
    },
  };
}

/** The sentence of an error for a person, and what to do next. */
export function sentenceOf(error: unknown): string {
  const { data } = (error ?? {}) as { readonly data?: { readonly message?: string; readonly next?: string } };
  if (data?.message !== undefined) return [data.message, data.next].filter(Boolean).join(" ");
  return error instanceof Error ? error.message : String(error);
}

/** The client took the request back. */
export function isCancelled(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === -32_800;
}

/** Its `qmtl` can be started: the packages that its `package.json` names were installed. */
export function hasPackages(root: string): boolean {
  return packageFolder(root, "@qmtl/cli") !== undefined;
}

/** A package as Node.js would find it from the project. */
function packageFolder(root: string, name: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

function packageVersion(root: string, name: string): string | undefined {
  const folder = packageFolder(root, name);
  if (folder === undefined) return undefined;
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly version?: string }).version;
}

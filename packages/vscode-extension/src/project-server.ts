import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CancellationToken, type LogOutputChannel, window } from "vscode";
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";

/** The workspace's own `qmtl serve`, for one project. It starts with the first request, and again after it ended. */
export interface ProjectServer {
  readonly root: string;
  /** @throws what the server answers; {@link ServerUnavailable} when there is none */
  request<R>(method: string, params?: object, token?: CancellationToken): Promise<R>;
  onPhase(token: string, listen: (phase: string) => void): { dispose(): void };
  /** Ends it and what it runs; the next request starts another one. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
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

/** @param node the Node.js to run it with */
export function createProjectServer(root: string, node: () => string, output: LogOutputChannel): ProjectServer {
  const phases = new Map<string, (phase: string) => void>();
  let running: Promise<Running> | undefined;
  let failures = 0;
  let isDown = false;

  const start = async (): Promise<Running> => {
    const wait = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? 0;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const command = installed(root);
    if (command === undefined)
      throw new ServerUnavailable("This project has no @qmtl/cli yet. Install its packages: npm install");
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
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
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
      if (stopped || isDown) return;
      failures++;
      output.error(`qmtl serve ended unasked: ${last}`);
      // One notice, however often it ends.
      if (failures === 1)
        void window
          .showWarningMessage(
            `The QMTL server of this project ended: ${last || "it said nothing"}. It starts again when it is needed.`,
            "Show Output",
          )
          .then((choice) => choice !== undefined && output.show());
    });
    connection.onNotification("qmtl/phase", ({ token, phase }: { token: string; phase: string }) =>
      phases.get(token)?.(phase),
    );
    connection.listen();
    const expectEnd = (): void => {
      stopped = true;
    };
    await Promise.race([
      connection.sendRequest("initialize", { protocol: 1 }),
      ended.then(() => {
        throw new ServerUnavailable(`qmtl serve ended: ${last || "it said nothing"}`);
      }),
    ]);
    return { process: child, connection, ended, expectEnd };
  };
  let starting: Promise<Running> | undefined;
  const server = (): Promise<Running> => {
    if (isDown) throw new ServerUnavailable("The extension is shutting down.");
    if (running === undefined) {
      starting = start();
      running = starting;
      starting.catch(() => {
        if (running === starting) running = undefined;
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
    restart: end,
    async dispose() {
      isDown = true;
      await end();
    },
  };
}

/** The sentence of an error for a person, and what to do next. */
export function sentenceOf(error: unknown): string {
  const data =
    error instanceof ResponseError ? (error.data as { message?: string; next?: string } | undefined) : undefined;
  if (data?.message !== undefined) return [data.message, data.next].filter(Boolean).join(" ");
  return error instanceof Error ? error.message : String(error);
}

/** The client took the request back. */
export function isCancelled(error: unknown): boolean {
  return error instanceof ResponseError && error.code === -32_800;
}

/** The command of `@qmtl/cli` as Node.js would find it from the project. */
function installed(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const command = join(folder, "node_modules", "@qmtl", "cli", "bin", "qmtl.js");
    if (existsSync(command)) return command;
    if (dirname(folder) === folder) return undefined;
  }
}

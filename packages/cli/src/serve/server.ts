import { resolve } from "node:path";
import {
  applyWorld,
  isoText,
  listRunSummaries,
  listWorldFiles,
  planApply,
  QMTL_VERSION,
  type RunSummary,
  readWorldStatus,
  type WorldStatus,
} from "@qmtl/core";
import { isQmtlError, QmtlError, type QmtlErrorJson } from "@qmtl/core/schema";
import {
  type CancellationToken,
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import * as z from "zod";
import { withWorld } from "../commands/opened-world.ts";
import { discardIsolate, prepareIsolate } from "../isolate/spare.ts";
import { openProject } from "../project/project.ts";
import { projectRoot } from "../project/root.ts";
import { submitFile } from "../submit-file.ts";
import { errorJson } from "../terminal/error.ts";
import { createPreviewDesk } from "./preview-desk.ts";
import * as protocol from "./protocol.ts";

/** The client took the request back. */
const REQUEST_CANCELLED = -32_800;
/** Ours: `data` is the error as the command line prints it. */
const QMTL_FAILED = -32_000;
const CODES: Readonly<Record<string, number>> = { "serve.malformed": ErrorCodes.InvalidParams };

export interface ServeOptions {
  /** Where the project is looked for, and where it stays. */
  readonly cwd: string;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Serves one project over JSON-RPC, framed as the Language Server Protocol frames it. Resolves when the client has said `exit` or closed
 * its end, and everything that was begun has ended.
 *
 * @throws `project.not-found`
 */
export async function serveProject({ cwd, input, output }: ServeOptions): Promise<void> {
  const root = projectRoot(cwd);
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const desk = createPreviewDesk(root);
  const open = new Set<AbortController>();
  let closing = false;

  /** Runs one request: its errors become answers, its cancellation an aborted signal. */
  const answer =
    <P, R>(shape: z.ZodType<P>, work: (params: P, signal: AbortSignal) => Promise<R>) =>
    async (params: unknown, token: CancellationToken): Promise<R | ResponseError<QmtlErrorJson>> => {
      const controller = new AbortController();
      const cancelling = token.onCancellationRequested(() => controller.abort());
      open.add(controller);
      try {
        if (closing) throw shuttingDown();
        const checked = shape.safeParse(params);
        if (!checked.success) throw malformed(checked.error);
        return await work(checked.data, controller.signal);
      } catch (error) {
        const json = errorJson(error);
        const code = controller.signal.aborted ? REQUEST_CANCELLED : (CODES[json.code] ?? QMTL_FAILED);
        return new ResponseError(code, json.message, json);
      } finally {
        open.delete(controller);
        cancelling.dispose();
      }
    };

  connection.onRequest(
    protocol.initialize,
    answer(protocol.initializeParams, async ({ protocol: spoken }) => {
      if (!(spoken >= protocol.PROTOCOL_VERSION)) throw otherProtocol(spoken);
      return { protocol: protocol.PROTOCOL_VERSION, qmtl: QMTL_VERSION, root };
    }),
  );
  const listWorlds = answer(z.undefined(), () => worldRows(root));
  // A client may send params where there are none.
  connection.onRequest(protocol.worlds, (...given: readonly unknown[]) =>
    listWorlds(undefined, given.at(-1) as CancellationToken),
  );
  connection.onRequest(
    protocol.runs,
    answer(protocol.runsParams, ({ world }) => runRows(root, world)),
  );
  connection.onRequest(
    protocol.run,
    answer(protocol.reportParams, async ({ run, world }) => {
      const { tearsheetJson, tearsheetOf, findRun } = await reporting();
      return tearsheetJson(tearsheetOf(await findRun(run, world, root)));
    }),
  );
  connection.onRequest(
    protocol.report,
    answer(protocol.reportParams, async ({ run, world }) => {
      const { tearsheetOf, tearsheetPage, pageAssets, findRun } = await reporting();
      const sheet = tearsheetOf(await findRun(run, world, root));
      return { ...runId(sheet.view), html: tearsheetPage(sheet, await pageAssets()) };
    }),
  );
  connection.onRequest(
    protocol.compare,
    answer(protocol.compareParams, async ({ runs: [a, b] }) => {
      const { tearsheetOf, comparePage, pageAssets, findRun } = await reporting();
      const first = tearsheetOf(await findRun(a.run, a.world, root));
      const second = tearsheetOf(await findRun(b.run, b.world, root));
      return { runs: [runId(first.view), runId(second.view)], html: comparePage(first, second, await pageAssets()) };
    }),
  );
  connection.onRequest(
    protocol.applyPlan,
    answer(protocol.applyPlanParams, ({ world }) => withWorld(world, (loaded) => planApply(loaded, view()), root)),
  );
  connection.onRequest(
    protocol.apply,
    answer(protocol.applyParams, ({ world, decision, run, wait }, signal) =>
      withWorld(world, (loaded) => applyWorld(loaded, { clock: Date.now, signal, decision, run, wait }), root),
    ),
  );
  connection.onRequest(
    protocol.submit,
    answer(protocol.submitParams, async ({ file, world, params, dataPreset, asOf, requested, token }, signal) => {
      const result = await submitFile(resolve(root, file), {
        world,
        cwd: root,
        signal,
        ...(params !== undefined && { params }),
        ...(dataPreset !== undefined && { dataPreset }),
        ...(asOf !== undefined && { asOf }),
        ...(requested !== undefined && { requested }),
        ...(token !== undefined && { phase: tellPhase(connection, token) }),
      });
      // Who submits submits again: the next one finds its isolate up.
      if (!closing) prepareIsolate();
      return result;
    }),
  );
  connection.onRequest(
    protocol.preview,
    answer(protocol.previewParams, (params, signal) => desk.preview(params, signal)),
  );

  const close = async (): Promise<void> => {
    if (closing) return;
    closing = true;
    for (const controller of open) controller.abort();
    discardIsolate();
    await desk.close();
  };
  connection.onRequest(protocol.shutdown, async () => {
    await close();
    return null;
  });
  const ended = new Promise<void>((end) => {
    connection.onNotification(protocol.exit, () => end());
    connection.onClose(() => end());
    input.once("end", () => end());
  });
  connection.listen();
  await ended;
  await close();
  connection.dispose();
}

function tellPhase(connection: MessageConnection, token: string): (what: string) => void {
  return (what) => {
    if (what !== "") void connection.sendNotification(protocol.phase, { token, phase: what });
  };
}

async function worldRows(root: string): Promise<{ readonly worlds: readonly protocol.WorldRow[] }> {
  const { config } = await openProject(root);
  const rows: protocol.WorldRow[] = [];
  for (const world of listWorldFiles(root, config)) {
    const row = await withWorld(world, (loaded): Promise<WorldStatus> => readWorldStatus(loaded, view()), root).then(
      (status): protocol.WorldRow => ({ world, status }),
      (error: unknown): protocol.WorldRow => ({ world, error: errorJson(error) }),
    );
    rows.push(row);
  }
  return { worlds: rows };
}

async function runRows(
  root: string,
  world: string | undefined,
): Promise<{ readonly runs: readonly protocol.RunRow[] }> {
  const { config } = await openProject(root);
  const rows: RunSummary[] = [];
  for (const id of world === undefined ? listWorldFiles(root, config) : [world])
    try {
      rows.push(...(await withWorld(id, (loaded) => listRunSummaries(loaded, view()), root)));
    } catch (error) {
      // Asked for all, a world that can't be opened has no runs to show; `qmtl/worlds` says why.
      if (world !== undefined || !isQmtlError(error)) throw error;
    }
  return { runs: rows.toSorted((a, b) => b.at - a.at).map(({ at, ...rest }) => ({ ...rest, at: isoText(at) })) };
}

/** Loaded when it is asked for: a server that only submits starts without it. */
async function reporting() {
  const [{ tearsheetOf }, { tearsheetJson }, { tearsheetPage }, { comparePage }, { pageAssets }, { findRun }] =
    await Promise.all([
      import("../report/tearsheet.ts"),
      import("../report/tearsheet-json.ts"),
      import("../report/page/page.ts"),
      import("../report/page/compare-page.ts"),
      import("../report/assets.ts"),
      import("../report/find-run.ts"),
    ]);
  return { tearsheetOf, tearsheetJson, tearsheetPage, comparePage, pageAssets, findRun };
}

function runId({ world, strategy, evalKey }: protocol.RunId): protocol.RunId {
  return { world, strategy, evalKey };
}

function view() {
  return { clock: Date.now, signal: new AbortController().signal };
}

function shuttingDown(): QmtlError {
  return new QmtlError({
    code: "serve.shutting-down",
    message: "The server is shutting down",
    next: "Start another one.",
    class: "failed",
  });
}

function malformed({ issues }: z.ZodError): QmtlError {
  return new QmtlError({
    code: "serve.malformed",
    message: issues.map(({ path, message }) => `${path.join(".") || "params"}: ${message}`).join("; "),
    next: "See docs/serve.md for what each request takes.",
  });
}

function otherProtocol(spoken: unknown): QmtlError {
  return new QmtlError({
    code: "serve.other-protocol",
    message: `The client speaks protocol ${String(spoken)}, this server ${protocol.PROTOCOL_VERSION}`,
    next: "Bring the editor's extension and the project's @qmtl/cli to versions that belong together.",
  });
}

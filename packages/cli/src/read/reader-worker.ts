/** Reads what is submitted: bundles the configuration and the strategy, and checks it. Nothing of it runs here. It keeps watch beside. */
import { resolve } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { checkSubmission } from "../check/submission-check.ts";
import { diskCache, loadStrategyBundle } from "../load/index.ts";
import type { StrategyBundle } from "../load/strategy-bundle.ts";
import { bundleConfig } from "../project/config-module.ts";
import { cacheFolder, projectFile, projectRoot } from "../project/root.ts";
import { keepWatch } from "../watchdog/keep-watch.ts";
import type { ReaderStart, ReadParts, ReadReply, ReadRequest, WatchRequest } from "./protocol.ts";

/** What was bundled before anybody asked. */
interface Ahead {
  readonly root: string;
  readonly config: Promise<string>;
  readonly strategy?: { readonly file: string; readonly bundle: Promise<StrategyBundle> };
}

/** For the first who asks, because files change. */
let ahead = bundleAhead(workerData as ReaderStart);

function bundleAhead({ cwd, file: given }: ReaderStart): Ahead | undefined {
  if (cwd === undefined) return undefined;
  try {
    const root = projectRoot(cwd);
    const config = bundleConfig(root);
    config.catch(() => {});
    if (given === undefined) return { root, config };
    const file = projectFile(root, resolve(cwd, given));
    const bundle = bundleOf(root, file);
    bundle.catch(() => {});
    return { root, config, strategy: { file, bundle } };
  } catch {
    // There is no project: whoever asks looks again, and says so.
    return undefined;
  }
}

function bundleOf(root: string, file: string): Promise<StrategyBundle> {
  return loadStrategyBundle(file, { workspaceRoot: root, cache: diskCache(cacheFolder(root)) });
}

parentPort?.on("message", (request: ReadRequest | WatchRequest) => {
  if (request.kind === "watch") keepWatch(request.watched);
  else read(request);
});

function read({ id, root, file, submission }: ReadRequest): void {
  const cache = cacheFolder(root);
  const tell = (reply: ReadReply): void => parentPort?.postMessage(reply);
  const answer = <P extends keyof ReadParts>(part: P, reading: Promise<ReadParts[P]>): void => {
    reading.then(
      (value) => tell({ id, part, value }),
      (error: unknown) => tell({ id, part, error: coded(error).toJSON() }),
    );
  };
  const made = ahead?.root === root ? ahead : undefined;
  ahead = undefined;
  const config = made?.config ?? bundleConfig(root);
  answer("config", config);
  answer("bundle", made?.strategy?.file === file ? made.strategy.bundle : bundleOf(root, file));
  // The check keeps this thread to itself, and nothing can be opened without the configuration: first that.
  const check = () => checkSubmission(root, file, cache, submission);
  answer(
    "refusal",
    config.then(check, check).then((refusal) => refusal?.toJSON()),
  );
}

function coded(error: unknown): QmtlError {
  if (isQmtlError(error)) return error;
  return new QmtlError({
    code: "strategy.unread",
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    next: "Report this with the strategy file; it should have been refused with a reason.",
    class: "failed",
    cause: error,
  });
}

/** Reads what is submitted: bundles the configuration and the strategy, and checks it. Nothing of it runs here. */
import { parentPort, workerData } from "node:worker_threads";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { checkSubmission } from "../check/submission-check.ts";
import { diskCache, loadStrategyBundle } from "../load/index.ts";
import { bundleConfig } from "../project/config-module.ts";
import { cacheFolder, projectRoot } from "../project/root.ts";
import type { ReaderStart, ReadParts, ReadReply, ReadRequest } from "./protocol.ts";

/** The configuration of a project that was bundled before anybody asked: for the first who asks, because files change. */
let ahead = configAhead(workerData as ReaderStart);

function configAhead({ cwd }: ReaderStart): { readonly root: string; readonly config: Promise<string> } | undefined {
  if (cwd === undefined) return undefined;
  try {
    const root = projectRoot(cwd);
    const config = bundleConfig(root);
    config.catch(() => {});
    return { root, config };
  } catch {
    // There is no project: whoever asks looks again, and says so.
    return undefined;
  }
}

parentPort?.on("message", ({ id, root, file, submission }: ReadRequest) => {
  const cache = cacheFolder(root);
  const tell = (reply: ReadReply): void => parentPort?.postMessage(reply);
  const answer = <P extends keyof ReadParts>(part: P, reading: Promise<ReadParts[P]>): void => {
    reading.then(
      (value) => tell({ id, part, value }),
      (error: unknown) => tell({ id, part, error: coded(error).toJSON() }),
    );
  };
  const config = ahead?.root === root ? ahead.config : bundleConfig(root);
  ahead = undefined;
  answer("config", config);
  answer("bundle", loadStrategyBundle(file, { workspaceRoot: root, cache: diskCache(cache) }));
  // The check keeps this thread to itself, and nothing can be opened without the configuration: first that.
  const check = () => checkSubmission(root, file, cache, submission);
  answer(
    "refusal",
    config.then(check, check).then((refusal) => refusal?.toJSON()),
  );
});

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

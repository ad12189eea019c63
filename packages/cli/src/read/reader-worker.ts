/** Reads what is submitted: bundles the configuration and the strategy, and checks it. Nothing of it runs here. */
import { parentPort } from "node:worker_threads";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { checkSubmission } from "../check/submission-check.ts";
import { diskCache, loadStrategyBundle } from "../load/index.ts";
import { bundleConfig } from "../project/config-module.ts";
import { cacheFolder } from "../project/root.ts";
import type { ReadParts, ReadReply, ReadRequest } from "./protocol.ts";

parentPort?.on("message", ({ id, root, file, submission }: ReadRequest) => {
  const cache = cacheFolder(root);
  const tell = (reply: ReadReply): void => parentPort?.postMessage(reply);
  const answer = <P extends keyof ReadParts>(part: P, reading: Promise<ReadParts[P]>): void => {
    reading.then(
      (value) => tell({ id, part, value }),
      (error: unknown) => tell({ id, part, error: coded(error).toJSON() }),
    );
  };
  answer("config", bundleConfig(root));
  answer("bundle", loadStrategyBundle(file, { workspaceRoot: root, cache: diskCache(cache) }));
  answer(
    "refusal",
    checkSubmission(root, file, cache, submission).then((refusal) => refusal?.toJSON()),
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

import { parentPort, workerData } from "node:worker_threads";
import { isQmtlError, QmtlError } from "@qmtl/core/schema";
import { type Packed, pack, unpack } from "./packed.ts";
import type { WorkerReply } from "./protocol.ts";

/** What `child.ts` handed to this worker. */
export function handed<T>(): { readonly data: T; readonly progress: Int32Array } {
  return workerData as { data: T; progress: Int32Array };
}

/** Answers calls by method name, one after the other. What a method throws goes back as a coded error. */
export function serve(methods: Readonly<Record<string, (payload: never) => unknown>>): void {
  const port = parentPort;
  if (port === null)
    throw new QmtlError({ code: "isolation.misplaced", message: "This module runs in a worker only", class: "failed" });
  let queue: Promise<void> = Promise.resolve();
  port.on("message", ({ id, method, payload }: { id: number; method: string; payload: Packed }) => {
    queue = queue.then(async () => {
      let reply: WorkerReply;
      try {
        const run = methods[method];
        if (run === undefined)
          throw new QmtlError({
            code: "isolation.unknown-method",
            message: `There is no method "${method}"`,
            class: "failed",
          });
        reply = { kind: "answer", id, value: pack(await run(unpack(payload) as never)) };
      } catch (error) {
        reply = { kind: "refusal", id, error: coded(error).toJSON() };
      }
      port.postMessage(reply);
    });
  });
}

function coded(error: unknown): QmtlError {
  if (isQmtlError(error)) return error;
  return new QmtlError({
    code: "isolation.threw",
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    class: "failed",
    cause: error,
  });
}

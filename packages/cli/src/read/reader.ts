import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { errorFromJson, QmtlError } from "@qmtl/core/schema";
import type { Submission } from "@qmtl/lsp";
import type { StrategyBundle } from "../load/strategy-bundle.ts";
import { watchFrom } from "../watchdog/watchdog.ts";
import type { ReaderStart, ReadPart, ReadParts, ReadReply, ReadRequest, WatchRequest } from "./protocol.ts";

/** A strategy that is being read. */
export interface Reading {
  /** @throws what `bundleConfig` throws */
  readonly configModule: Promise<string>;
  /** @throws what `loadStrategyBundle` throws */
  readonly bundle: Promise<StrategyBundle>;
  /** What the check refuses. @throws `strategy.unread` */
  readonly refusal: Promise<QmtlError | undefined>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: QmtlError) => void;
}

interface Reader {
  readonly worker: Worker;
  readonly waiting: Map<string, Waiting>;
}

let reader: Reader | undefined;
let nextId = 0;

/** Starts the thread that reads, for whoever will read: it comes up while this thread loads what it needs. */
export function prepareReader(start: ReaderStart = {}): void {
  reader ??= startReader(start);
}

/**
 * Reads a strategy and its project's configuration in a thread of its own, which stays for the next: the bundler and the parser of
 * TypeScript are loaded there, and keep nobody waiting.
 *
 * @param root the project's folder, absolute @param file below it, with `/` @param submission what it is read for
 */
export function readStrategy(root: string, file: string, submission: Submission): Reading {
  prepareReader();
  const { worker, waiting } = reader as Reader;
  const id = nextId++;
  const part = <P extends ReadPart>(name: P): Promise<ReadParts[P]> => {
    const read = new Promise<ReadParts[P]>((resolve, reject) => waiting.set(`${id} ${name}`, { resolve, reject }));
    // Who awaits one part may never come to the next.
    read.catch(() => {});
    return read;
  };
  const reading: Reading = {
    configModule: part("config"),
    bundle: part("bundle"),
    refusal: part("refusal").then((json) => json && errorFromJson(json)),
  };
  reading.refusal.catch(() => {});
  worker.ref();
  worker.postMessage({ kind: "read", id, root, file, submission } satisfies ReadRequest);
  return reading;
}

function startReader(start: ReaderStart): Reader {
  const entry = new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/reader-worker.cjs" : "./reader-worker.cjs",
    import.meta.url,
  );
  const worker = new Worker(fileURLToPath(entry), { workerData: start });
  const waiting: Reader["waiting"] = new Map();
  const started: Reader = { worker, waiting };
  worker.unref();
  watchFrom((watched, over) => {
    worker.postMessage({ kind: "watch", watched } satisfies WatchRequest);
    worker.once("exit", over);
  });
  worker.on("message", (reply: ReadReply) => {
    const key = `${reply.id} ${reply.part}`;
    const one = waiting.get(key);
    waiting.delete(key);
    // It keeps the process for nobody but those who wait.
    if (waiting.size === 0) worker.unref();
    if ("error" in reply) one?.reject(errorFromJson(reply.error));
    else one?.resolve(reply.value as never);
  });
  const end = (how: string): void => {
    if (reader === started) {
      reader = undefined;
      watchFrom(undefined);
    }
    for (const { reject } of waiting.values()) reject(ended(how));
    waiting.clear();
  };
  worker.on("error", (error: Error) => end(error.message));
  worker.on("exit", (code) => end(`exit ${code}`));
  return started;
}

function ended(how: string): QmtlError {
  return new QmtlError({
    code: "strategy.unread",
    message: `The thread that reads the strategy ended (${how})`,
    next: "Submit again; if it stays, report it with the strategy file.",
    class: "failed",
  });
}

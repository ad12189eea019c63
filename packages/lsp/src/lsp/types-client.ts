import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { TypeProblem } from "../types/problem.ts";
import type { TypesAnswer, TypesQuestion, TypesWorkerData } from "./types-protocol.ts";

/** Runs something later; gives what calls it off. */
export type After = (ms: number, run: () => void) => () => void;

export interface TypesClientOptions {
  /** The worker's file; TypeScript's library stands beside it. */
  readonly worker: string;
  readonly after?: After;
  /** Told once for each time that the worker fails. */
  readonly failed: (message: string) => void;
  /** Megabytes that the worker's own objects may take. */
  readonly heap?: number;
}

export type TypesResult =
  | { readonly kind: "problems"; readonly problems: readonly TypeProblem[] }
  /** Nobody waits for it any more. */
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed" };

/** TypeScript's checker in a thread of its own. */
export interface TypesClient {
  /**
   * What TypeScript proves of a file. The first question starts the worker, and it ends when none came for a minute. One question at
   * a time: the next one calls off the one before it.
   *
   * @param folder of the project, absolute
   * @param path below it, as are those of the answer
   * @param documents what the editor holds of the project, by path
   */
  ask(folder: string, path: string, documents: ReadonlyMap<string, string>): Promise<TypesResult>;
  /** Nobody waits for what was asked last. */
  cancel(): void;
  isRunning(): boolean;
  /** Resolves when the worker is gone. */
  dispose(): Promise<void>;
}

const IDLE_MS = 60_000;
/** A project of hundreds of files takes a quarter of it. */
const HEAP = 1024;
/** A worker that fails so often, one time after the other, is not started again. */
const MOST_FAILURES = 3;
const LIBRARY = "typescript-library.br";

interface Running {
  readonly worker: Worker;
  /** What it was told of documents. */
  readonly told: Map<string, string>;
}

export function createTypesClient({
  worker: file,
  after = later,
  failed,
  heap = HEAP,
}: TypesClientOptions): TypesClient {
  const cancelled = new SharedArrayBuffer(4);
  const last = new Int32Array(cancelled);
  let number = 0;
  let failures = 0;
  let running: Running | undefined;
  let waiting: { readonly number: number; readonly settle: (result: TypesResult) => void } | undefined;
  let rest: (() => void) | undefined;

  return {
    ask(folder, path, documents) {
      cancel();
      rest?.();
      if (failures >= MOST_FAILURES) return Promise.resolve({ kind: "failed" });
      const { worker, told } = running ?? start();
      const held = new Map([...documents].map(([name, text]) => [`${folder}/${name}`, text]));
      const question: TypesQuestion = {
        number: ++number,
        folder,
        path: `${folder}/${path}`,
        documents: news(told, held),
      };
      return new Promise((settled) => {
        waiting = { number, settle: (result) => settled(below(path, result)) };
        // It keeps the process alive as long as somebody waits for it.
        worker.ref();
        worker.postMessage(question);
      });
    },
    cancel,
    isRunning: () => running !== undefined,
    async dispose() {
      const ended = running;
      running = undefined;
      rest?.();
      settle({ kind: "cancelled" });
      await ended?.worker.terminate();
    },
  };

  function start(): Running {
    const data: TypesWorkerData = { library: join(dirname(file), LIBRARY), cancelled };
    const worker = new Worker(file, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: heap } });
    const started = { worker, told: new Map<string, string>() };
    const fails = (message: string): void => {
      if (running !== started) return;
      running = undefined;
      failures++;
      failed(failures < MOST_FAILURES ? message : `${message}; it is not started again`);
      settle({ kind: "failed" });
    };
    worker.on("message", ({ number: answered, problems }: TypesAnswer) => {
      if (running !== started || waiting?.number !== answered || problems === undefined) return;
      failures = 0;
      settle({ kind: "problems", problems });
    });
    worker.on("error", (error) => fails(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => fails(`it ended with ${code}`));
    running = started;
    return started;
  }

  function cancel(): void {
    if (waiting === undefined) return;
    Atomics.store(last, 0, waiting.number);
    settle({ kind: "cancelled" });
  }

  function settle(result: TypesResult): void {
    const settled = waiting?.settle;
    waiting = undefined;
    running?.worker.unref();
    rest = running === undefined ? undefined : after(IDLE_MS, idle);
    settled?.(result);
  }

  function idle(): void {
    const ended = running;
    running = undefined;
    void ended?.worker.terminate();
  }
}

/** The worker knows files by their absolute paths. */
function below(path: string, result: TypesResult): TypesResult {
  if (result.kind !== "problems") return result;
  const problems = result.problems.map((problem) => ({ ...problem, place: { ...problem.place, file: path } }));
  return { kind: "problems", problems };
}

/** What there is to tell of documents to somebody who was told others. */
function news(told: Map<string, string>, documents: ReadonlyMap<string, string>): TypesQuestion["documents"] {
  const changed: (readonly [string, string | null])[] = [];
  for (const [name, text] of documents) if (told.get(name) !== text) changed.push([name, text]);
  for (const name of told.keys()) if (!documents.has(name)) changed.push([name, null]);
  for (const [name, text] of changed) {
    if (text === null) told.delete(name);
    else told.set(name, text);
  }
  return changed;
}

/** By the clock of the process, which it does not keep alive. */
export function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { brotliDecompressSync } from "node:zlib";
import { createTypeChecker, LIBRARY_FOLDER, type TypeChecker } from "../types/index.ts";
import { diskTypeFiles } from "./disk-type-files.ts";
import type { TypesAnswer, TypesQuestion, TypesWorkerData } from "./types-protocol.ts";

const { library, cancelled } = workerData as TypesWorkerData;
const last = new Int32Array(cancelled);
const texts = JSON.parse(brotliDecompressSync(readFileSync(library)).toString()) as Readonly<Record<string, string>>;
const documents = new Map<string, string>();
const files = diskTypeFiles(documents, (path) =>
  path.startsWith(`${LIBRARY_FOLDER}/`) ? texts[path.slice(LIBRARY_FOLDER.length + 1)] : undefined,
);
/** By folder. */
const checkers = new Map<string, TypeChecker>();

parentPort?.on("message", (question: TypesQuestion) => {
  const { number, folder, path } = question;
  for (const [name, text] of question.documents) {
    if (text === null) documents.delete(name);
    else documents.set(name, text);
  }
  const checker = checkers.get(folder) ?? createTypeChecker(files, folder);
  checkers.set(folder, checker);
  const isCancelled = (): boolean => Atomics.load(last, 0) >= number;
  const problems = isCancelled() ? undefined : checker.problems(path, isCancelled);
  parentPort?.postMessage({ number, problems } satisfies TypesAnswer);
});

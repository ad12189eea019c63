import { createRequire } from "node:module";
import type { Analysis } from "@qmtl/lsp";
import { createTypesClient, type TypesClient } from "@qmtl/lsp/types-client";

/** The file of the worker that checks types: it runs by itself, so it is no part of a bundle of ours. */
export function typesWorker(): string {
  return createRequire(import.meta.url).resolve("@qmtl/lsp/types-worker");
}

/** TypeScript's checker in a thread of its own, which starts with the first question. */
export function typesClient(): TypesClient {
  return createTypesClient({
    worker: typesWorker(),
    failed: (message) => process.stderr.write(`Types are not checked, all else is: their worker failed (${message})\n`),
  });
}

/** Has whatever the text of a project leaves open told by types, file by file. @param root absolute */
export async function tellTypes(analysis: Analysis, root: string, types: TypesClient): Promise<void> {
  const folder = root.replaceAll("\\", "/");
  for (const path of analysis.paths()) {
    if (!analysis.asksTypes(path)) continue;
    const answer = await types.ask(folder, path, new Map());
    if (answer.kind === "problems") analysis.answerTypes(path, answer.problems);
  }
}

import { createRequire } from "node:module";

/** The file of the worker that checks types: it runs by itself, so it is no part of a bundle of ours. */
export function typesWorker(): string {
  return createRequire(import.meta.url).resolve("@qmtl/lsp/types-worker");
}

/** A worker whose module is a bundle that was compiled ahead. */
import { workerData } from "node:worker_threads";
import { loadCompiled } from "./load-compiled.ts";

loadCompiled((workerData as { readonly entry: string }).entry);

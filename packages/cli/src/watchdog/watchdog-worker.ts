/** Keeps watch where no other thread is there that could. */
import { workerData } from "node:worker_threads";
import { keepWatch } from "./keep-watch.ts";
import type { Watched } from "./shared.ts";

keepWatch(workerData as Watched);

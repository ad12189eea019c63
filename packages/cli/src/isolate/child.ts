/**
 * The isolate's process: its main thread stays free, so that it can tell the parent how the worker fares while the worker
 * computes, or loops for ever.
 */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { PLUGIN_SLOT, PROGRESS_LENGTH, type Reply, type Request, type Room, type WorkerReply } from "./protocol.ts";

const BEAT_MS = 50;

const workers = new Map<Room, Worker>();
const open = new Set<number>();
const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * PROGRESS_LENGTH)).fill(-1);

function send(reply: Reply): void {
  process.send?.(reply);
}

function openRoom(room: Room, data: unknown, heapMb: number): void {
  const entry = fileURLToPath(new URL(`./${room}-worker.cjs`, import.meta.url));
  // The plugins' imports the configuration, which only a module that Node itself has loaded can do.
  const started = room === "plugins" ? entry : new URL("./compiled-worker.cjs", import.meta.url);
  const worker = new Worker(started, {
    workerData: { data, progress, entry },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  workers.get(room)?.terminate();
  worker.on("message", (reply: WorkerReply) => {
    open.delete(reply.id);
    send(reply);
  });
  worker.on("error", (error: Error & { code?: string }) => {
    if (workers.get(room) === worker) workers.delete(room);
    const memory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    send({
      kind: "ended",
      room,
      error: memory
        ? {
            code: "isolation.memory",
            message: `${room === "plugins" ? "A plugin" : "The strategy"} used more than ${heapMb} MB`,
            next: "Keep less in state and module variables, or raise limits.memoryMb in qmtl.config.ts.",
            class: room === "plugins" ? "failed" : "rejected",
          }
        : {
            code: "isolation.crashed",
            message: `The ${room} worker ended: ${error.message}`,
            next: "Run with QMTL_DEBUG=1 to see the stack.",
            class: "failed",
          },
    });
  });
  workers.set(room, worker);
}

process.on("message", (request: Request) => {
  if (request.kind === "open") return openRoom(request.room, request.data, request.heapMb);
  const worker = workers.get(request.room);
  if (worker === undefined)
    return send({
      kind: "refusal",
      id: request.id,
      error: { code: "isolation.closed", message: `The ${request.room} worker is not open`, class: "failed" },
    });
  open.add(request.id);
  worker.postMessage({ id: request.id, method: request.method, payload: request.payload });
});

setInterval(() => {
  if (open.size === 0) return;
  send({ kind: "beat", rss: process.memoryUsage.rss(), node: progress[0] ?? -1, plugin: progress[PLUGIN_SLOT] ?? -1 });
}, BEAT_MS);

// The parent went away, perhaps while this module was loaded: nothing is left to answer.
process.on("disconnect", () => process.exit(0));
if (!process.connected) process.exit(0);

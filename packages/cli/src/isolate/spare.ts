import { randomUUID } from "node:crypto";
import { createIsolate, type Isolate } from "./isolate.ts";
import type { StrategyRoom } from "./strategy-worker.ts";

let spare: Isolate | undefined;

/** Starts an isolate for whoever will take one: its processes come up while this thread loads what it needs. */
export function prepareIsolate(): void {
  if (spare === undefined || spare.isOver()) spare = strategyIsolate();
}

/** An isolate of its own whose room for a strategy is open: the one that was prepared, else a new one. Its limits are the default ones. */
export function takeIsolate(): Isolate {
  const taken = spare;
  spare = undefined;
  return taken === undefined || taken.isOver() ? strategyIsolate() : taken;
}

/** Ends the one that nobody took. */
export function discardIsolate(): void {
  spare?.close();
  spare = undefined;
}

function strategyIsolate(): Isolate {
  const isolate = createIsolate();
  isolate.open("strategy", { runId: randomUUID() } satisfies StrategyRoom);
  return isolate;
}

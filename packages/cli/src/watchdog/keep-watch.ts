import { closeSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { QmtlErrorJson } from "@qmtl/core/schema";
import type { EXIT } from "../terminal/error.ts";
// What only the end needs is loaded for the end: somebody keeps watch with every command.
import { BEAT, LENGTH, PATIENCE, type Watched } from "./shared.ts";

const STEP_MS = 50;
const GRACE_MS = 2000;
const EXIT_FAILED: typeof EXIT.failed = 3;

/**
 * From another thread: ends a process whose main thread is caught in a loop. Timers and signals can't, because they wait for that thread.
 */
export function keepWatch(watched: Watched): void {
  const { control } = watched;
  let beat = Number.NaN;
  let waited = 0;
  // Steps are counted, and no clock is read: a machine that slept has blocked nobody.
  const timer = setInterval(() => {
    const now = Atomics.load(control, BEAT);
    const patience = Atomics.load(control, PATIENCE);
    waited = now === beat && patience > 0 ? waited + STEP_MS : 0;
    beat = now;
    if (waited <= patience || patience === 0) return;
    clearInterval(timer);
    void endProcess(watched);
  }, STEP_MS);
}

async function endProcess({ control, text, json, color }: Watched): Promise<void> {
  const error = JSON.parse(new TextDecoder().decode(text.slice(0, Atomics.load(control, LENGTH)))) as QmtlErrorJson;
  const { renderError } = await import("../terminal/error.ts");
  const { default: pc } = await import("picocolors");
  if (json) await print(1, JSON.stringify({ error }));
  await print(2, renderError(error, pc.createColors(color)));
  // Node tells on standard error that a debugger is attached when a process ends; nothing of ours follows.
  closeSync(2);
  const { Session } = await import("node:inspector");
  const session = new Session();
  session.connectToMainThread();
  session.post("Debugger.enable");
  session.on("Debugger.paused", () => {
    session.post("Runtime.evaluate", { expression: `process.reallyExit(${EXIT_FAILED})` });
  });
  // The one thing that reaches a thread in a loop, or in a regular expression, or waiting for a lock.
  session.post("Debugger.pause");
  // A thread that is caught outside of JavaScript can't be asked.
  await sleep(GRACE_MS);
  process.kill(process.pid, "SIGKILL");
}

/** The main thread would have to pass on what `process.stdout` writes here. */
async function print(descriptor: number, line: string): Promise<void> {
  const bytes = Buffer.from(`${line}\n`);
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(descriptor, bytes, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      await sleep(STEP_MS);
    }
  }
}

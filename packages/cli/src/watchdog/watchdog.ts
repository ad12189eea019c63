import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { CallWatch } from "@qmtl/core";
import { BEAT, LENGTH, PATIENCE, TEXT_BYTES, type Watched } from "./shared.ts";

export interface WatchdogOptions {
  /** The command prints JSON. */
  readonly json: boolean;
  readonly color: boolean;
}

interface Dog {
  readonly control: Int32Array;
  readonly text: Uint8Array;
}

interface Call {
  readonly text: string;
  readonly milliseconds: number;
}

const BEAT_MS = 100;

let armed: WatchdogOptions | undefined;
let dog: Dog | undefined;
const calls: Call[] = [];

/**
 * From now on whatever is watched and keeps this thread busy for too long ends the process with its error and exit code 3. For
 * commands: who embeds us keeps their process.
 */
export function armWatchdog(options: WatchdogOptions): void {
  armed = options;
}

/** Watches over code of the project and of plugins that runs in this process. Does nothing unless the watchdog is armed. */
export const watch: CallWatch = (error, milliseconds) => {
  if (armed === undefined) return () => {};
  dog ??= start(armed);
  const call: Call = { text: JSON.stringify(error.toJSON()), milliseconds };
  calls.push(call);
  publish(dog);
  return () => {
    const index = calls.indexOf(call);
    if (index < 0) return;
    calls.splice(index, 1);
    if (dog !== undefined) publish(dog);
  };
};

/** A thread of its own sees that this one does not beat any more. */
function start(options: WatchdogOptions): Dog {
  const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const text = new Uint8Array(new SharedArrayBuffer(TEXT_BYTES));
  const entry = new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/watchdog-worker.cjs" : "./watchdog-worker.cjs",
    import.meta.url,
  );
  const watched: Watched = { control, text, ...options };
  new Worker(fileURLToPath(entry), { workerData: watched }).unref();
  setInterval(() => Atomics.add(control, BEAT, 1), BEAT_MS).unref();
  return { control, text };
}

/** The call that began last is the one that runs, or the others wait for it. */
function publish({ control, text }: Dog): void {
  const call = calls.at(-1);
  // No call, no patience: the other thread reads the text only where there is some.
  Atomics.store(control, PATIENCE, 0);
  if (call !== undefined) {
    const { written = 0 } = new TextEncoder().encodeInto(call.text, text);
    Atomics.store(control, LENGTH, written);
    Atomics.store(control, PATIENCE, Math.min(call.milliseconds, 2 ** 31 - 1));
  }
  Atomics.add(control, BEAT, 1);
}

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { CallWatch } from "@qmtl/core";
import { BEAT, LENGTH, PATIENCE, TEXT_BYTES, type Watched } from "./shared.ts";

export interface WatchdogOptions {
  /** The command prints JSON. */
  readonly json: boolean;
  readonly color: boolean;
}

/** Has the main thread watched from a thread that is there anyway. `ended` is called when that one ends. */
export type KeepWatch = (watched: Watched, ended: () => void) => void;

interface Call {
  readonly text: string;
  readonly milliseconds: number;
}

const BEAT_MS = 100;

let armed: WatchdogOptions | undefined;
let watched: Watched | undefined;
let keepWatch: KeepWatch | undefined;
const calls: Call[] = [];

/**
 * From now on whatever is watched and keeps this thread busy for too long ends the process with its error and exit code 3. For
 * commands: who embeds us keeps their process.
 */
export function armWatchdog(options: WatchdogOptions): void {
  armed = options;
}

/** Where to watch from, as long as it is there: a thread of its own takes longer to start than most calls. */
export function watchFrom(keep: KeepWatch | undefined): void {
  keepWatch = keep;
}

/** Watches over code of the project and of plugins that runs in this process. Does nothing unless the watchdog is armed. */
export const watch: CallWatch = (error, milliseconds) => {
  if (armed === undefined) return () => {};
  watched ??= start(armed);
  const call: Call = { text: JSON.stringify(error.toJSON()), milliseconds };
  calls.push(call);
  publish(watched);
  return () => {
    const index = calls.indexOf(call);
    if (index < 0) return;
    calls.splice(index, 1);
    if (watched !== undefined) publish(watched);
  };
};

/** Another thread sees that this one does not beat any more. */
function start(options: WatchdogOptions): Watched {
  const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const text = new Uint8Array(new SharedArrayBuffer(TEXT_BYTES));
  const started: Watched = { control, text, ...options };
  const own = (): void => ownThread(started);
  if (keepWatch === undefined) own();
  else keepWatch(started, own);
  setInterval(() => Atomics.add(control, BEAT, 1), BEAT_MS).unref();
  return started;
}

function ownThread(of: Watched): void {
  const entry = new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/watchdog-worker.cjs" : "./watchdog-worker.cjs",
    import.meta.url,
  );
  new Worker(fileURLToPath(entry), { workerData: of }).unref();
}

/** The call that began last is the one that runs, or the others wait for it. */
function publish({ control, text }: Watched): void {
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

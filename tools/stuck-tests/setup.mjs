// A test that never gives its thread back can't be timed out by the runner, nor can a file that waits for ever while it is loaded; and a file whose
// tests all wait for one process that hangs takes hours. Each would stop all tests without a word. A thread beside each file watches it, says what
// it was at, and ends its process, which the runner counts as a failure.
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { beforeEach, expect } from "vitest";

const shared = new SharedArrayBuffer(8 + 2048);
const begun = new Int32Array(shared, 0, 2);
const name = new Uint8Array(shared, 8);

function began(what) {
  begun[1] = new TextEncoder().encodeInto(what, name).written;
  Atomics.add(begun, 0, 1);
}

const file = expect.getState().testPath;
began(`${file}, while it was loaded`);
new Worker(new URL("./watch-worker.mjs", import.meta.url), { workerData: shared, execArgv: [] }).unref();
beforeEach(({ task }) => began(`${file} > ${task.name}`));

// A property that fails is made smaller without a pause: what is known of it by then is told before the test's own time is up.
fc.configureGlobal({ interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true });

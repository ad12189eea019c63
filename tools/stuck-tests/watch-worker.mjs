// Beside a file of tests: ends its process when a test, or all of them, take far too long, and says where its thread stands.
import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { workerData as shared } from "node:worker_threads";

/** Of one test: longer than any may take that the runner itself can time out. */
const TEST_MS = 7 * 60_000;
/** Of a whole file: some four times what the slowest takes. */
const FILE_MS = 12 * 60_000;

const begun = new Int32Array(shared, 0, 2);
const start = performance.now();
let seen = 0;
let since = start;

const watch = setInterval(() => {
  const now = performance.now();
  const test = Atomics.load(begun, 0);
  if (test !== seen) since = now;
  seen = test;
  if (now - since > TEST_MS) end(now - since);
  else if (now - start > FILE_MS) end(now - start);
}, 1000);

function end(took) {
  clearInterval(watch);
  const at = new TextDecoder().decode(new Uint8Array(shared, 8, begun[1]).slice());
  // Straight to the descriptor: what goes through the thread that is stuck never arrives.
  writeSync(2, `\nStuck, and ended after ${Math.round(took / 1000)} s: ${at}\n`);
  const kill = () => process.kill(process.pid, "SIGKILL");
  // A thread that waits runs no line at which it could be stopped.
  setTimeout(kill, 5000);
  const urls = new Map();
  const session = new Session();
  session.connectToMainThread();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => urls.set(scriptId, url));
  session.on("Debugger.paused", ({ params }) => {
    for (const { functionName, location: at } of params.callFrames)
      writeSync(2, `  at ${functionName || "(anonymous)"} (${urls.get(at.scriptId)}:${at.lineNumber + 1})\n`);
    kill();
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
}

// Compiles bundles ahead, for this very V8: `node tools/compile-ahead.mjs FILE…` writes what V8 makes of each to FILE.v8, which
// `loadCompiled` of the cli reads. What has run by then is compiled whole: a bundle that checks has checked the sample strategies.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const sample = fileURLToPath(new URL("../fixtures/workspace/", import.meta.url));

if (isMainThread)
  for (const file of process.argv.slice(2)) writeFileSync(`${file}.v8`, await compiledApart(resolve(file)));
else {
  const { file } = workerData;
  const { loadCompiled } = createRequire(file)(join(dirname(file), "load-compiled.cjs"));
  const { exports, compiled } = loadCompiled(file);
  if (exports.checkFile !== undefined) checkSamples(exports.checkFile);
  parentPort.postMessage(compiled());
}

/** In a thread of its own: the bundle may be a worker's, which gets what a worker gets. */
function compiledApart(file) {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { file, data: { runId: "ahead" }, progress: new Int32Array(new SharedArrayBuffer(8)) },
  });
  return new Promise((done, fail) => {
    worker.once("message", done);
    worker.once("error", fail);
  }).finally(() => worker.terminate());
}

function checkSamples(checkFile) {
  const read = (path) => {
    try {
      return readFileSync(join(sample, path), "utf8");
    } catch {
      return undefined;
    }
  };
  for (const name of readdirSync(join(sample, "strategies")).filter((file) => file.endsWith(".ts")))
    checkFile({ read }, `strategies/${name}`, { submission: true });
}

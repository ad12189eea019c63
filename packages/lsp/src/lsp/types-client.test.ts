import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkerOf, PROJECT } from "../types/type-files.test.kit.ts";
import { builtServer } from "./editor.test.kit.ts";
import { createTypesClient, type TypesClient } from "./types-client.ts";

const WRONG = `import { stream, targetWeights } from "@qmtl/core/strategy";
import { ohlcv } from "@qmtl/core/schema";

const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
export const decision = targetWeights(bars.close);
export const other = targetWeights(bars.clsoe);
`;
const PATH = "strategies/made-here.ts";
const kinds = ["wrong-cell", "unknown-column"];

/** A clock that stands until somebody moves it. */
function handClock() {
  let now = 0;
  const due = new Map<object, { readonly at: number; readonly run: () => void }>();
  return {
    after(ms: number, run: () => void): () => void {
      const key = {};
      due.set(key, { at: now + ms, run });
      return () => due.delete(key);
    },
    advance(ms: number): void {
      now += ms;
      for (const [key, { at, run }] of due)
        if (at <= now) {
          due.delete(key);
          run();
        }
    },
  };
}

let clients: TypesClient[] = [];
let folders: string[] = [];
afterEach(async () => {
  for (const client of clients) await client.dispose();
  for (const folder of folders) rmSync(folder, { recursive: true });
  clients = [];
  folders = [];
});

async function client(options: { readonly heap?: number; readonly worker?: string } = {}) {
  const clock = handClock();
  const failed: string[] = [];
  const made = createTypesClient({
    worker: options.worker ?? join(dirname(await builtServer()), "types-worker.cjs"),
    after: clock.after,
    failed: (message) => failed.push(message),
    ...(options.heap !== undefined && { heap: options.heap }),
  });
  clients.push(made);
  const ask = async (text = WRONG) => {
    const result = await made.ask(PROJECT, PATH, new Map([[PATH, text]]));
    return result.kind === "problems" ? result.problems.map(({ kind }) => kind) : result.kind;
  };
  return { made, ask, clock, failed };
}

/** A worker of the test's own. */
function workerOf(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), "qmtl-worker-"));
  folders.push(folder);
  const file = join(folder, "worker.cjs");
  writeFileSync(file, code);
  return file;
}

describe("the worker that checks types", () => {
  test("answers as the checker does, and sees documents that come, change and go", async () => {
    const { made, ask } = await client();
    expect(made.isRunning()).toBe(false);
    const result = await made.ask(PROJECT, PATH, new Map([[PATH, WRONG]]));
    const path = `${PROJECT}/${PATH}`;
    const here = checkerOf(new Map([[path, WRONG]])).problems(path) ?? [];
    expect(result).toEqual({
      kind: "problems",
      problems: here.map((problem) => ({ ...problem, place: { ...problem.place, file: PATH } })),
    });
    expect(here.map(({ kind }) => kind)).toEqual(kinds);
    expect(await ask(WRONG.replace("clsoe", "close"))).toEqual(["wrong-cell", "wrong-cell"]);
    expect(await made.ask(PROJECT, PATH, new Map())).toEqual({ kind: "problems", problems: [] });
    expect(await ask()).toEqual(kinds);
  });

  test("ends after a minute without a question, gives its memory back, and comes again", async () => {
    const { made, ask, clock, failed } = await client();
    await ask();
    clock.advance(59_000);
    expect(made.isRunning()).toBe(true);
    await ask();
    clock.advance(59_000);
    expect(made.isRunning()).toBe(true);
    const threads = threadsOfThis();
    clock.advance(1000);
    expect(made.isRunning()).toBe(false);
    await made.dispose();
    while (threadsOfThis() >= threads) await new Promise(setImmediate);
    expect(await ask()).toEqual(kinds);
    expect(failed).toEqual([]);
  });

  test("is not stopped while somebody waits for it", async () => {
    const { ask, clock } = await client();
    await ask();
    const answer = ask(`${WRONG}\n`);
    clock.advance(120_000);
    expect(await answer).toEqual(kinds);
  });

  test("answers the last of a storm of questions, and calls off the others", async () => {
    const { made, ask } = await client();
    await ask();
    const answers = Array.from({ length: 50 }, (_, i) => ask(i === 49 ? WRONG : `${WRONG}// ${i}\n`));
    const results = await Promise.all(answers);
    expect(results.slice(0, -1).every((result) => result === "cancelled")).toBe(true);
    expect(results.at(-1)).toEqual(kinds);
    const cancelled = ask();
    made.cancel();
    expect(await cancelled).toBe("cancelled");
    expect(await ask()).toEqual(kinds);
  });
});

describe("a worker that fails", () => {
  test("for lack of memory is told of, once", async () => {
    const { ask, failed } = await client({ heap: 24 });
    expect(await ask()).toBe("failed");
    expect(failed).toEqual([expect.stringMatching(/memory/i)]);
  });

  test("by throwing, by ending, or by not being there", async () => {
    for (const [worker, says] of [
      [
        workerOf('require("node:worker_threads").parentPort.on("message", () => { throw new Error("broken"); });'),
        /broken/,
      ],
      [workerOf('require("node:worker_threads").parentPort.on("message", () => process.exit(4));'), /ended with 4/],
      [`${PROJECT}/no-such-worker.cjs`, /Cannot find module/],
    ] as const) {
      const { made, ask, failed } = await client({ worker });
      expect(await ask()).toBe("failed");
      expect(made.isRunning()).toBe(false);
      expect(failed).toEqual([expect.stringMatching(says)]);
    }
  });

  test("three times in a row is left alone", async () => {
    const file = workerOf('require("node:worker_threads").parentPort.on("message", () => process.exit(4));');
    const { made, ask, failed } = await client({ worker: file });
    for (let i = 0; i < 5; i++) expect(await ask()).toBe("failed");
    expect(failed).toHaveLength(3);
    expect(failed.at(-1)).toContain("not started again");
    expect(made.isRunning()).toBe(false);
  });

  test("now and then is started again", async () => {
    const flag = join(dirname(workerOf("")), "flag");
    const file = workerOf(
      `const { parentPort } = require("node:worker_threads");
       const { existsSync } = require("node:fs");
       parentPort.on("message", ({ number }) => {
         if (existsSync(${JSON.stringify(flag)})) process.exit(4);
         parentPort.postMessage({ number, problems: [] });
       });`,
    );
    const { ask, failed } = await client({ worker: file });
    for (let i = 0; i < 4; i++) {
      writeFileSync(flag, "");
      expect(await ask()).toBe("failed");
      rmSync(flag);
      expect(await ask()).toEqual([]);
    }
    expect(failed).toHaveLength(4);
  });
});

function threadsOfThis(): number {
  return Number(/Threads:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

test("the server, its worker and the library are small", async () => {
  const folder = dirname(await builtServer());
  const size = (file: string) => readFileSync(join(folder, file)).length;
  expect(size("language-server.cjs") + size("types-worker.cjs")).toBeLessThan(5_000_000);
  expect(size("typescript-library.br")).toBeLessThan(200_000);
});

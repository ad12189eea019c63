// The whole proof of the apply, on as many threads as there are cores: see USAGE. Bundled and run by tools/verify-apply.mjs.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { MARKS, type Mark } from "./sim-watch.test.kit.ts";
import { simulate } from "./simulation.test.kit.ts";
import { DEFECT_COUNT, perform, type Task, type TaskResult, tasks } from "./tasks.test.kit.ts";

const USAGE = `npm run verify:apply -- [--json] [--seeds N]

Proves the two-phase apply: every state that its reducers can come to, seeded mistakes that the search and the simulation have to find,
the real shells over at least N seeds (default 10000) of failing storage, processes and clocks, and a crash in every call of the
storage and in every pair of them.

--json     One line with states, violations, stuck, defects_seeded, defects_found, seeds, marks_missing.
--seeds N  How many seeds.
--help     Prints this.

QMTL_SEED=n runs that one seed and prints what happened in it.
Exit code: 0 proved; 1 a violation, a state without a way to rest, a mistake that was not found, or something that no run came to;
2 wrong arguments.`;

if (isMainThread) main(process.argv.slice(2)).then((code) => process.exit(code));
else
  parentPort?.on("message", (task: Task) => {
    perform(task).then((result) => parentPort?.postMessage(result));
  });

async function main(args: readonly string[]): Promise<number> {
  const options = { json: { type: "boolean" }, seeds: { type: "string" }, help: { type: "boolean" } } as const;
  let values: { json?: boolean; seeds?: string; help?: boolean };
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const seeds = Number(values.seeds ?? 10_000);
  if (!Number.isSafeInteger(seeds) || seeds < 1) {
    console.error(`--seeds wants a whole number above 0.\n\n${USAGE}`);
    return 2;
  }
  const { QMTL_SEED } = process.env;
  return QMTL_SEED === undefined ? prove(seeds, values.json === true) : one(Number(QMTL_SEED));
}

async function one(seed: number): Promise<number> {
  const { violations, stuck, lines } = await simulate(seed);
  for (const line of lines) console.log(line);
  console.log(`seed ${seed}: ${violations.length} violations${stuck ? ", never came to rest" : ""}`);
  return violations.length > 0 || stuck ? 1 : 0;
}

async function prove(wanted: number, json: boolean): Promise<number> {
  const say = (text: string): void => console.error(text);
  const began = process.hrtime.bigint();
  let [states, violations, stuck, found, seeds, crashes] = [0, 0, 0, 0, 0, 0];
  const marks = new Set<Mark>();
  await onThreads(tasks(wanted), (task, result) => {
    states += result.states;
    violations += result.violations.length;
    stuck += result.stuck;
    seeds += result.seeds;
    crashes += result.crashes;
    for (const mark of result.marks) marks.add(mark);
    if (result.found === true) found++;
    if (result.found === false) say(`NOT FOUND: ${result.says}`);
    else if (task.kind === "search") say(result.says);
    for (const one of result.violations.slice(0, 3)) say(`VIOLATION ${one}`);
    if (result.stuck > 0) say(`STUCK ${result.says}`);
  });
  const missing = MARKS.filter((mark) => !marks.has(mark));
  if (missing.length > 0) say(`No run came to: ${missing.join(", ")}`);
  const counts = {
    states,
    violations,
    stuck,
    defects_seeded: DEFECT_COUNT,
    defects_found: found,
    seeds,
    marks_missing: missing.length,
  };
  if (json) console.log(JSON.stringify(counts));
  else {
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    console.log(`${states} states searched, ${violations} violations, ${stuck} without a way to rest`);
    console.log(`${found} of ${DEFECT_COUNT} seeded mistakes found`);
    console.log(
      `${seeds} seeds and ${crashes} crash points run, ${MARKS.length - missing.length} of ${MARKS.length} marks`,
    );
    console.log(`${seconds.toFixed(0)} s`);
  }
  return violations + stuck + missing.length > 0 || found < DEFECT_COUNT ? 1 : 0;
}

/** Gives every thread the next task as soon as it is done with one. */
async function onThreads(all: readonly Task[], done: (task: Task, result: TaskResult) => void): Promise<void> {
  const left = [...all];
  const threads = Array.from({ length: Math.min(availableParallelism(), left.length) }, async () => {
    const worker = new Worker(process.argv[1] ?? "");
    try {
      for (let task = left.shift(); task !== undefined; task = left.shift()) {
        const mine = task;
        const result = new Promise<TaskResult>((resolve, reject) => {
          worker.once("message", resolve);
          worker.once("error", reject);
        });
        worker.postMessage(mine);
        done(mine, await result);
        worker.removeAllListeners("error");
      }
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(threads);
}

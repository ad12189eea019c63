import { type CrashPoint, crashPoints } from "./crash-points.test.kit.ts";
import { DEFECTS, SHELL_DEFECTS } from "./defects.test.kit.ts";
import type { Bounds } from "./model.test.kit.ts";
import { REAL } from "./protocol.test.kit.ts";
import { search, traceTest } from "./search.test.kit.ts";
import type { Mark } from "./sim-watch.test.kit.ts";
import { simulate } from "./simulation.test.kit.ts";

/** A piece of the proof that a thread does by itself. Plain data. */
export type Task =
  | { readonly kind: "search"; readonly name: string; readonly bounds: Bounds }
  | { readonly kind: "defect"; readonly index: number }
  | { readonly kind: "shell-defect"; readonly index: number }
  | { readonly kind: "seeds"; readonly from: number; readonly count: number }
  | { readonly kind: "crashes"; readonly part: number; readonly of: number };

export interface TaskResult {
  readonly states: number;
  /** Each with what it takes to see it again. */
  readonly violations: readonly string[];
  readonly stuck: number;
  readonly seeds: number;
  readonly crashes: number;
  readonly marks: readonly Mark[];
  /** Of a seeded mistake. */
  readonly found?: boolean;
  /** A line. */
  readonly says: string;
}

const NOTHING: TaskResult = { states: 0, violations: [], stuck: 0, seeds: 0, crashes: 0, marks: [], says: "" };

/** What is searched to the end: together, all that can go wrong; each as large as fits into a minute. */
const SEARCHES: readonly (readonly [name: string, bounds: Bounds])[] = [
  [
    "one apply, two runners that die, stop and come back, an append that comes late",
    { applies: 1, participants: 2, sessions: 2, orders: false, failures: false, zombie: true },
  ],
  [
    "one apply, two runners with orders, refusals and an operator, an append that comes late",
    { applies: 1, participants: 2, sessions: 1, orders: true, failures: true, zombie: true },
  ],
  [
    "two applies, two runners",
    { applies: 2, participants: 2, sessions: 1, orders: false, failures: false, zombie: false },
  ],
];

/** Small enough to be searched in a second, large enough for each of the mistakes. */
export const SMALL: Bounds = { applies: 1, participants: 2, sessions: 2, orders: true, failures: false, zombie: true };

export const DEFECT_COUNT = DEFECTS.length + SHELL_DEFECTS.length;

const SEEDS_AT_ONCE = 250;
const CRASH_PARTS = 24;
/** A mistake that so many seeds don't show is not found. */
const SEEDS_FOR_DEFECT = 2000;

/** The whole proof, the longest pieces first. */
export function tasks(seeds: number): readonly Task[] {
  const all: Task[] = SEARCHES.map(([name, bounds]) => ({ kind: "search", name, bounds }));
  for (let part = 0; part < CRASH_PARTS; part++) all.push({ kind: "crashes", part, of: CRASH_PARTS });
  for (let from = 1; from <= seeds; from += SEEDS_AT_ONCE)
    all.push({ kind: "seeds", from, count: Math.min(SEEDS_AT_ONCE, seeds - from + 1) });
  DEFECTS.forEach((_, index) => void all.push({ kind: "defect", index }));
  SHELL_DEFECTS.forEach((_, index) => void all.push({ kind: "shell-defect", index }));
  return all;
}

export async function perform(task: Task): Promise<TaskResult> {
  switch (task.kind) {
    case "search":
      return searched(task.name, task.bounds);
    case "defect":
      return defect(task.index);
    case "shell-defect":
      return shellDefect(task.index);
    case "seeds":
      return seeded(task.from, task.count);
    case "crashes":
      return crashed(task.part, task.of);
  }
}

function searched(name: string, bounds: Bounds): TaskResult {
  const { states, transitions, violations, stuck, marks } = search(REAL, bounds);
  return {
    ...NOTHING,
    states,
    stuck,
    marks,
    violations: violations.map((one) => `${one.what}:\n${traceTest(one, bounds)}`),
    says: `${name}: ${states} states, ${transitions} transitions`,
  };
}

function defect(index: number): TaskResult {
  const one = DEFECTS[index];
  if (one === undefined) throw new Error(`there is no defect ${index}`);
  const { violations } = search(one.protocol, SMALL, { first: true, limit: 1_000_000 });
  return { ...NOTHING, found: violations.length > 0, says: one.name };
}

async function shellDefect(index: number): Promise<TaskResult> {
  const one = SHELL_DEFECTS[index];
  if (one === undefined) throw new Error(`there is no defect ${index}`);
  for (let seed = 1; seed <= SEEDS_FOR_DEFECT; seed++) {
    const { violations } = await simulate(seed, one.parts);
    if (violations.length > 0) return { ...NOTHING, found: true, says: one.name };
  }
  return { ...NOTHING, found: false, says: one.name };
}

async function seeded(from: number, count: number): Promise<TaskResult> {
  const violations: string[] = [];
  const marks = new Set<Mark>();
  let stuck = 0;
  for (let seed = from; seed < from + count; seed++) {
    const run = await simulate(seed);
    for (const mark of run.marks) marks.add(mark);
    for (const one of run.violations) violations.push(`QMTL_SEED=${seed}: ${one}`);
    if (!run.stuck) continue;
    stuck++;
    violations.push(`QMTL_SEED=${seed}: it never came to rest`);
  }
  return { ...NOTHING, seeds: count, violations, stuck, marks: [...marks], says: `seeds from ${from}` };
}

async function crashed(part: number, of: number): Promise<TaskResult> {
  const violations: string[] = [];
  let crashes = 0;
  let stuck = 0;
  for await (const { points, run } of crashPoints({ part, of })) {
    crashes++;
    if (run.stuck) stuck++;
    for (const one of [...run.violations, ...(run.stuck ? ["it never came to rest"] : [])])
      violations.push(`${wordsOf(points)}: ${one}`);
  }
  return { ...NOTHING, crashes, violations, stuck, says: `crashes, part ${part + 1} of ${of}` };
}

function wordsOf(points: readonly CrashPoint[]): string {
  return points.map(({ call, when }) => `${when === "dies-before" ? "before" : "after"} call ${call}`).join(" and ");
}

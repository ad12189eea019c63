import { applyByRun, step } from "../apply.ts";
import { START } from "../sample.test.kit.ts";
import { participantsOf } from "../session.ts";
import { arena, proposal, type SimParts } from "./sim-arena.test.kit.ts";
import { dice, type SimProcess } from "./sim-kernel.test.kit.ts";
import type { Call, Fate } from "./sim-storage.test.kit.ts";

/** A call of the storage, counted over all processes from 1, in which whoever makes it dies. */
export interface CrashPoint {
  readonly call: number;
  readonly when: "dies-before" | "dies-after";
}

export interface CrashRun {
  /** Calls of the storage from the start until everything was at rest. */
  readonly calls: number;
  /** Which of them append. */
  readonly appends: ReadonlySet<number>;
  readonly violations: readonly string[];
  readonly stuck: boolean;
  readonly lines: readonly string[];
}

/** Ms in which everything has to come to rest. */
const PATIENCE = 15_000;

/**
 * One apply from one version to another, with one runner, where nothing fails but the processes that make the named calls. Who dies is
 * started again, and goes on by what the journal says: the operator asks for the same run until it has ended.
 */
export async function crashRun(points: readonly CrashPoint[], parts?: Partial<SimParts>): Promise<CrashRun> {
  const random = dice(7);
  let calls = 0;
  const appends = new Set<number>();
  const fate = ({ kind }: Call): Fate => {
    calls++;
    if (kind === "append") appends.add(calls);
    return points.find(({ call }) => call === calls)?.when ?? "answered";
  };
  const died = (process: SimProcess): void => time.later(30, undefined, () => revive(process));
  const sim = arena({ random, fate, refuses: () => false, died, ...(parts !== undefined && { parts }) });
  const { time, watch, runners } = sim;
  const revive = (process: SimProcess): void => {
    const of = runners.findIndex((one: { readonly process: SimProcess } | undefined) => one?.process === process);
    if (of >= 0) sim.start(of);
    else employ();
  };
  let done = false;
  const operate = async (process: SimProcess): Promise<void> => {
    const world = sim.open(process);
    for (const [i, run] of ["first", "second"].entries()) {
      for (;;) {
        const { state } = await world.commit(
          ({ apply, revision }, sessions) => {
            const at = time.clock();
            if (applyByRun(apply, run) !== undefined) return [];
            // Whatever runs is seen through before anything else is begun.
            if (apply.phase.kind !== "idle") return [];
            return step(apply, proposal(run, i + 1, participantsOf(sessions)), { at, revision }).records;
          },
          { configured: false },
        );
        if (applyByRun(state.apply, run)?.outcome !== undefined) break;
        await sim.drive(process, world, PATIENCE);
      }
      if (i === 0 && runners.length === 0) sim.start(0);
      if (i === 0) await time.sleep(120, process);
    }
    done = true;
  };
  const employ = (): void => {
    const process = sim.spawn("ops");
    operate(process).catch((error: unknown) => watch.violate(`${process.name}: ${String(error)}`));
  };
  employ();
  await time.run(START + PATIENCE, () => done && sim.atRest());
  watch.finish();
  const { activation, ended } = watch.apply();
  const names = ended.map(({ run }) => run);
  if (done && names.join() !== "first,second") watch.violate(`the runs that ended are ${names.join()}`);
  const last = ended.at(-1)?.outcome.kind === "completed" ? 2 : 1;
  if (done && activation.entries[0]?.version !== String(last).repeat(64))
    watch.violate("the activation is another one");
  return { calls, appends, violations: watch.violations, stuck: !done || !sim.atRest(), lines: watch.lines };
}

export interface CrashShare {
  /** Which share of the first crashes, from 0, of how many shares. */
  readonly part: number;
  readonly of: number;
  /** Of the pairs only each so-manieth. Default: every one. */
  readonly every?: number;
}

/** Every crash by itself, and every pair of two. Before and after an append are two different crashes; of other calls they are one. */
export async function* crashPoints({ part, of, every = 1 }: CrashShare) {
  const plain = await crashRun([]);
  if (part === 0) yield { points: [], run: plain };
  let pairs = 0;
  for (const first of pointsAfter(0, plain).filter((_, i) => i % of === part)) {
    const run = await crashRun([first]);
    yield { points: [first], run };
    for (const second of pointsAfter(first.call, run)) {
      if (++pairs % every !== 0) continue;
      const points = [first, second];
      yield { points, run: await crashRun(points) };
    }
  }
}

function pointsAfter(after: number, { calls, appends }: CrashRun): readonly CrashPoint[] {
  return Array.from({ length: calls - after }, (_, i) => after + 1 + i).flatMap((call): CrashPoint[] => {
    const before: CrashPoint = { call, when: "dies-before" };
    return appends.has(call) ? [before, { call, when: "dies-after" }] : [before];
  });
}

import { activeEntry, entryKey } from "../activation.ts";
import type { ApplyEvent, ApplyState } from "../apply.ts";
import type { WorldConfig } from "../config.ts";
import { START, sampleWorld } from "../sample.test.kit.ts";
import type { SessionHost } from "../session.ts";
import { driveApply } from "../shell/apply-host.ts";
import { type MemoryDisk, memoryState } from "../shell/memory-storage.test.kit.ts";
import { type OpenWorld, openWorld } from "../shell/open-world.ts";
import { joinWorld, type Participant } from "../shell/participant.ts";
import { type Dice, type Kernel, kernel, type SimProcess } from "./sim-kernel.test.kit.ts";
import { type Call, type Fate, simStorage } from "./sim-storage.test.kit.ts";
import { type Watch, watchJournal } from "./sim-watch.test.kit.ts";

const STRATEGY = "s";
export const RULES = { gateTtl: 480, freezeTimeout: 600 };
const CONFIG: WorldConfig = { ...sampleWorld(), runners: RULES };

/** One runner, and who it is after it was started again. */
export interface Runner {
  process: SimProcess;
  participant?: Participant;
  openOrders: number;
}

export interface ArenaOptions {
  readonly random: Dice;
  readonly fate: (call: Call) => Fate;
  /** Whether a runner refuses a change now. */
  readonly refuses: () => boolean;
  readonly died: (process: SimProcess) => void;
  /** The parts of the product that a defect can take the place of. */
  readonly parts?: Partial<SimParts>;
}

export interface SimParts {
  readonly join: typeof joinWorld;
  readonly open: typeof openWorld;
  readonly storage: typeof memoryState;
}

/** Processes with the product's own shells in them, around one simulated storage. */
export interface Arena {
  readonly time: Kernel;
  readonly watch: Watch;
  readonly processes: readonly SimProcess[];
  readonly runners: readonly Runner[];
  spawn(name: string): SimProcess;
  die(process: SimProcess): void;
  open(process: SimProcess): OpenWorld;
  /** Starts a runner, or starts it again. */
  start(of: number): void;
  /** Stays with a running apply as the product's host does. */
  drive(process: SimProcess, world: OpenWorld, patience: number): Promise<ApplyState>;
  /** Every runner's gate stands where the last apply has left it. */
  atRest(): boolean;
}

export function targetOf(version: number) {
  return [
    activeEntry({ strategy: STRATEGY, version: String(version).repeat(64), params: {}, share: 1, mode: "paper" }),
  ];
}

export function proposal(run: string, version: number, participants: readonly string[]): ApplyEvent {
  return { kind: "proposed", run, decision: 1, target: targetOf(version), participants };
}

export function arena({ random, fate, refuses, died, parts }: ArenaOptions): Arena {
  const { join, storage, ...product } = { join: joinWorld, storage: memoryState, open: openWorld, ...parts };
  const time = kernel(START);
  const disk: MemoryDisk = new Map();
  const kept = storage(disk);
  const watch = watchJournal(disk, CONFIG.id, () => time.clock() - START);
  const { mark } = watch;
  const processes: SimProcess[] = [];
  const runners: Runner[] = [];
  const soon = (low: number, high: number, process: SimProcess | undefined, run: () => void): void =>
    time.later(random.between(low, high), process, run);
  const wait = (process: SimProcess) => (milliseconds: number, signal: AbortSignal) =>
    time.sleep(milliseconds * random.between(2, 5), process, signal);

  /** Every other process runs where others can tell that it is dead. */
  const ended = ({ pid }: SessionHost): boolean => {
    const known = pid % 2 === 0 && processes[pid]?.dead === true;
    if (known && watch.apply().phase.kind !== "idle") mark("known-to-have-ended");
    return known;
  };

  const clockOf = (process: SimProcess) => () => time.clock() + process.skew;

  const spawn: Arena["spawn"] = (name) => {
    const known = processes.filter((one) => one.name.startsWith(`${name}.`)).length;
    const process = {
      name: `${name}.${known + 1}`,
      dead: false,
      stoppedUntil: 0,
      cutOffUntil: 0,
      calls: 0,
      skew: 0,
      slept: 0,
    };
    processes.push(process);
    return process;
  };
  const die: Arena["die"] = (process) => {
    if (process.dead) return;
    process.dead = true;
    watch.log(`${process.name} dies`);
    const { kind } = watch.apply().phase;
    if (kind !== "idle") mark(`${kind}-then-crash`);
    died(process);
  };
  const open: Arena["open"] = (process) => {
    const latency = (): number => random.between(0, 6);
    const reached = simStorage(time, process, kept, { fate, latency, die });
    const elapsed = (): number => time.clock() - START - process.slept;
    const { signal } = new AbortController();
    return product.open({ storage: reached, config: CONFIG, clock: clockOf(process), elapsed, ended, signal });
  };

  const start: Arena["start"] = (of) => {
    const process = spawn("pqr"[of] ?? "x");
    const runner: Runner = { process, openOrders: 0 };
    runners[of] = runner;
    if (watch.apply().phase.kind !== "idle") mark("joined-during-apply");
    let sessions = 0;
    const joining = join({
      world: open(process),
      strategy: STRATEGY,
      name: process.name,
      nonce: () => String(++sessions),
      host: { name: "sim", pid: processes.indexOf(process) },
      report: { version: "1".repeat(64), domain: "dryrun" },
      ...RULES,
      prepare: async ({ entries }) => {
        await time.sleep(random.between(5, 100), process);
        if (refuses()) throw new Error("no data to warm up on");
        return entries.map(entryKey);
      },
      cancelOrders: async () => {
        await time.sleep(random.between(0, 30), process);
        const count = runner.openOrders;
        runner.openOrders = 0;
        return count;
      },
      onProblem: (error) => watch.failed(process.name, error),
      clock: clockOf(process),
      wait: wait(process),
      signal: new AbortController().signal,
    });
    joining.then(
      (participant) => {
        runner.participant = participant;
        soon(0, 60, process, () => trade(runner));
      },
      // As whoever watches over processes would.
      (error: unknown) => {
        watch.failed(process.name, error);
        soon(20, 200, process, () => {
          process.dead = true;
          start(of);
        });
      },
    );
  };

  /** Wants an order out, again and again: what is admitted must be on what the journal says now. */
  const trade = (runner: Runner): void => {
    const { participant, process } = runner;
    if (participant === undefined) return;
    const { gate, session } = participant.view();
    const [entry] = gate.kind === "open" ? gate.entries : targetOf(1);
    if (entry === undefined) throw new Error("an open gate has entries");
    const admission = participant.admit({ entry: entryKey(entry), position: 0, quantity: 1 });
    if (admission.kind === "admitted") {
      mark("order-admitted");
      if (gate.kind === "shut") watch.violate(`${process.name} admitted an order at a shut gate`);
      else watch.admitted(session, gate.revision);
      runner.openOrders++;
      soon(5, 80, process, () => {
        if (runner.openOrders === 0) return;
        runner.openOrders--;
        participant.ordersDone(1);
      });
    } else if (admission.reason === "apply_running") mark("order-turned-away-for-apply");
    else if (admission.reason === "session_lost") mark("order-turned-away-after-session");
    soon(60, 250, process, () => trade(runner));
  };

  return {
    time,
    watch,
    processes,
    runners,
    spawn,
    die,
    open,
    start,
    drive: async (process, world, patience) => {
      const signal = new AbortController().signal;
      const how = { world, config: CONFIG, patience, clock: clockOf(process), wait: wait(process), signal };
      return (await driveApply(how)).apply;
    },
    atRest: () => {
      const apply = watch.apply();
      return apply.phase.kind === "idle" && runners.every((one) => stands(one, apply));
    },
  };
}

function stands({ participant }: Runner, { phase, activation }: ApplyState): boolean {
  if (participant === undefined) return false;
  const { gate } = participant.view();
  const frozen = phase.kind === "idle" && phase.outcome?.kind === "rolled-back" && phase.outcome.gates === "frozen";
  if (frozen) return gate.kind === "shut" && gate.reason === "rolled_back_frozen";
  if (activation.entries.length === 0) return gate.kind === "shut" && gate.reason === "not_activated";
  return gate.kind === "open" && gate.revision === activation.revision;
}

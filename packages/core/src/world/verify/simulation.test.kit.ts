import { activeEntry, entryKey } from "../activation.ts";
import { type ApplyEvent, type ApplyState, evolve, NO_APPLY, step } from "../apply.ts";
import type { WorldConfig } from "../config.ts";
import { type ApplyRecord, JOURNAL, type JournalEntry } from "../record.ts";
import { START, sampleWorld } from "../sample.test.kit.ts";
import { participantsOf } from "../session.ts";
import { driveApply } from "../shell/apply-host.ts";
import { type MemoryDisk, memoryState } from "../shell/memory-storage.test.kit.ts";
import { type OpenWorld, openWorld } from "../shell/open-world.ts";
import { joinWorld, type Participant } from "../shell/participant.ts";
import { type Dice, dice, type Kernel, kernel, type SimProcess } from "./sim-kernel.test.kit.ts";
import { type Call, type Fate, simStorage } from "./sim-storage.test.kit.ts";

/** What a run has to have seen at least once over all seeds: a simulation that never gets there proves nothing about it. */
export const MARKS = [
  "completed",
  "completed-without-somebody",
  "switched-then-crash",
  "freezing-then-crash",
  "aborting-then-crash",
  "aborted-by-timeout",
  "aborted-by-refusal",
  "aborted-by-operator",
  "rolled-back-frozen",
  "rolled-back-reopened",
  "participant-left",
  "joined-during-apply",
  "zombie-lost-cas",
  "answer-lost",
  "append-repeated",
  "stopped-past-its-session",
  "order-admitted",
  "order-turned-away-for-apply",
  "order-turned-away-after-session",
  "late-freeze-after-unfreeze",
  "same-run-twice",
] as const;

export type Mark = (typeof MARKS)[number];

export interface SimResult {
  readonly violations: readonly string[];
  /** Not everything came to rest after the faults were over. */
  readonly stuck: boolean;
  readonly marks: ReadonlySet<Mark>;
  /** Records of the journal, in short. */
  readonly journal: readonly string[];
  /** What else happened, with the time in ms. */
  readonly log: readonly string[];
}

/** How often what goes wrong; probabilities of a call or of a moment. */
export interface Weather {
  readonly fates: readonly (readonly [fate: Fate, probability: number])[];
  readonly dies: number;
  readonly stops: number;
  readonly cutsOff: number;
  readonly refuses: number;
  /** Of two applies, how likely the second is aborted by an operator. */
  readonly aborts: number;
}

const CALM: Weather = { fates: [], dies: 0, stops: 0, cutsOff: 0, refuses: 0, aborts: 0 };

/** Each kind of fault is there in one run of four: with all of them at once nothing is ever completed. */
export function weatherOf(random: Dice): Weather {
  const sometimes = (probability: number): number => (random.chance(0.25) ? probability : 0);
  return {
    fates: [
      ["cut-before", sometimes(0.08)],
      ["cut-after", sometimes(0.08)],
      ["repeated", sometimes(0.1)],
      ["slow", sometimes(0.05)],
      ["dies-before", sometimes(0.008)],
      ["dies-after", sometimes(0.008)],
    ],
    dies: sometimes(0.25),
    stops: sometimes(0.3),
    cutsOff: sometimes(0.2),
    refuses: sometimes(0.3),
    aborts: sometimes(0.5),
  };
}

const STRATEGY = "s";
const RULES = { gateTtl: 480, freezeTimeout: 600 };
const BASE = sampleWorld();
const CONFIG: WorldConfig = { ...BASE, runners: RULES };
/** Ms in which things go wrong, and in which everything has to come to rest afterwards. */
const ROUGH = 1500;
const SETTLING = 12_000;

const targetOf = (version: number) => [
  activeEntry({ strategy: STRATEGY, version: String(version).repeat(64), params: {}, share: 1, mode: "paper" }),
];

interface Runner {
  process: SimProcess;
  participant?: Participant;
  openOrders: number;
}

/** Another shell around the reducers, as {@link joinWorld} is one. */
export type Join = typeof joinWorld;

export interface SimParts {
  readonly join: Join;
  readonly step: typeof step;
  /** Storage as it is. */
  readonly storage: typeof memoryState;
}

export const REAL_PARTS: SimParts = { join: joinWorld, step, storage: memoryState };

/** One run of the real shells over a storage, a network and processes that fail as the seed says. */
export async function simulate(seed: number, parts: SimParts = REAL_PARTS, weather?: Weather): Promise<SimResult> {
  const random = dice(seed);
  const faults = weather ?? weatherOf(random);
  const time = kernel(START);
  const disk: MemoryDisk = new Map();
  const storage = parts.storage(disk);
  const watch = watchJournal(disk, time);
  const { mark, violate, log, marks } = watch;
  let present = faults;
  let names = 0;
  const processes: SimProcess[] = [];

  const spawn = (name: string): SimProcess => {
    const process: SimProcess = { name: `${name}${++names}`, dead: false, stoppedUntil: 0, cutOffUntil: 0, calls: 0 };
    processes.push(process);
    return process;
  };
  const die = (process: SimProcess): void => {
    if (process.dead) return;
    process.dead = true;
    log(`${process.name} dies`);
    const { kind } = watch.apply().phase;
    if (kind !== "idle") mark(`${kind}-then-crash`);
  };
  const fate = ({ kind }: Call): Fate => {
    for (const [one, probability] of present.fates) {
      if (!random.chance(probability)) continue;
      if (one === "repeated" && kind !== "append") continue;
      if (one === "cut-after") mark("answer-lost");
      if (one === "repeated") mark("append-repeated");
      return one;
    }
    return "answered";
  };
  const open = (process: SimProcess): OpenWorld => {
    const latency = (): number => random.between(0, 6);
    const reached = simStorage(time, process, storage, { fate, latency, die });
    return openWorld({ storage: reached, config: CONFIG, clock: time.clock, signal: new AbortController().signal });
  };
  const soon = (low: number, high: number, process: SimProcess | undefined, run: () => void): void =>
    time.later(random.between(low, high), process, run);
  const wait = (process: SimProcess) => (milliseconds: number, signal: AbortSignal) =>
    time.sleep(milliseconds * random.between(2, 5), process, signal);

  const runners: Runner[] = [];
  const start = (of: number): void => {
    const process = spawn("pqr"[of] ?? "x");
    const runner: Runner = { process, openOrders: 0 };
    runners[of] = runner;
    if (watch.apply().phase.kind !== "idle") mark("joined-during-apply");
    let sessions = 0;
    const joining = parts.join({
      world: open(process),
      strategy: STRATEGY,
      name: process.name,
      nonce: () => String(++sessions),
      host: { name: "sim", pid: 1 },
      report: { version: "1".repeat(64), domain: "dryrun" },
      ...RULES,
      prepare: async ({ entries }) => {
        await time.sleep(random.between(5, 120), process);
        if (random.chance(present.refuses)) throw new Error("no data to warm up on");
        return entries.map(entryKey);
      },
      cancelOrders: async () => {
        await time.sleep(random.between(0, 30), process);
        const count = runner.openOrders;
        runner.openOrders = 0;
        return count;
      },
      onProblem: () => undefined,
      clock: time.clock,
      wait: wait(process),
      signal: new AbortController().signal,
    });
    joining.then(
      (participant) => {
        runner.participant = participant;
        soon(0, 60, process, () => trade(runner));
      },
      // As whoever watches over processes would.
      () =>
        soon(20, 200, process, () => {
          process.dead = true;
          start(of);
        }),
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
      if (gate.kind === "shut") violate(`${process.name} admitted an order at a shut gate`);
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

  let lastRun = 0;
  /** Somebody who decides: proposes, aborts, and sees applies through, as long as its process lives. */
  const operate = async (process: SimProcess): Promise<void> => {
    const world = open(process);
    for (;;) {
      await time.sleep(random.between(20, 250), process);
      const again = lastRun > 0 && random.chance(0.15);
      const run = `run-${again ? lastRun : ++lastRun}`;
      try {
        const event = random.chance(present.aborts)
          ? ({ kind: "aborted", actor: "ops", reason: "second thoughts" } as const)
          : undefined;
        let builds = 0;
        const { entries } = await world.commit(
          async (state, sessions) => {
            if (++builds > 1) mark("zombie-lost-cas");
            if (random.chance(0.1)) await time.sleep(random.between(50, 600), process);
            const participants = participantsOf(sessions, time.clock());
            const target = targetOf(random.between(1, 4));
            const proposed: ApplyEvent = { kind: "proposed", run, decision: 1, target, participants };
            return parts.step(state.apply, event ?? proposed, { at: time.clock(), revision: state.revision }).records;
          },
          { configured: false },
        );
        watch.acknowledged(entries);
        if (again && entries.length === 0) mark("same-run-twice");
      } catch (error) {
        log(`${process.name}: ${(error as Error).message}`);
      }
      try {
        const signal = new AbortController().signal;
        const patience = random.between(0, 1200);
        await driveApply({ world, config: CONFIG, patience, clock: time.clock, wait: wait(process), signal });
      } catch (error) {
        log(`${process.name}: ${(error as Error).message}`);
      }
    }
  };
  const employ = (): void => {
    operator = spawn("ops");
    void operate(operator);
  };
  let operator: SimProcess | undefined;

  const befall = (victim: SimProcess): void => {
    if (random.chance(present.dies)) die(victim);
    else if (random.chance(present.stops)) {
      const length = random.between(100, 1200);
      if (length > RULES.gateTtl) mark("stopped-past-its-session");
      victim.stoppedUntil = time.clock() + length;
      log(`${victim.name} stops for ${length}`);
    } else if (random.chance(present.cutsOff)) victim.cutOffUntil = time.clock() + random.between(100, 900);
  };
  const misfortune = (): void => {
    const victims = processes.filter(({ dead }) => !dead);
    if (victims.length > 0) befall(random.pick(victims));
    revive(false);
    if (present !== CALM) soon(40, 160, undefined, misfortune);
  };
  const revive = (all: boolean): void => {
    runners.forEach((runner, of) => {
      if (runner.process.dead && (all || random.chance(0.3))) start(of);
    });
    if (operator?.dead !== false) employ();
  };

  const count = random.between(1, 3);
  for (let of = 0; of < count; of++) soon(0, 150, undefined, () => start(of));
  employ();
  soon(40, 160, undefined, misfortune);
  await time.run(START + ROUGH);

  // From here on nothing goes wrong any more, and nobody decides anything: the last apply comes to its end.
  present = CALM;
  if (operator !== undefined) operator.dead = true;
  for (const process of processes) process.cutOffUntil = 0;
  runners.forEach((runner, of) => {
    if (runner.process.dead) start(of);
  });
  const host = spawn("host");
  const last = open(host);
  const finish = async (): Promise<void> => {
    const signal = new AbortController().signal;
    const config = { ...CONFIG };
    await driveApply({ world: last, config, patience: SETTLING, clock: time.clock, wait: wait(host), signal });
  };
  void finish();
  const atRest = (): boolean =>
    watch.apply().phase.kind === "idle" && runners.every((one) => stands(one, watch.apply()));
  await time.run(START + ROUGH + SETTLING, atRest);
  watch.finish();
  return { violations: watch.violations, stuck: !atRest(), marks, journal: watch.journal, log: watch.lines };
}

/** Whether a runner's gate is where the last apply has left it. */
function stands({ participant }: Runner, { phase, activation }: ApplyState): boolean {
  if (participant === undefined) return false;
  const { gate } = participant.view();
  const frozen = phase.kind === "idle" && phase.outcome?.kind === "rolled-back" && phase.outcome.gates === "frozen";
  if (frozen) return gate.kind === "shut" && gate.reason === "rolled_back_frozen";
  if (activation.entries.length === 0) return gate.kind === "shut" && gate.reason === "not_activated";
  return gate.kind === "open" && gate.revision === activation.revision;
}

/** Looks at every record as it becomes durable, and at what was admitted meanwhile. */
function watchJournal(disk: MemoryDisk, { clock }: Kernel) {
  const violations: string[] = [];
  const marks = new Set<Mark>();
  const journal: string[] = [];
  const lines: string[] = [];
  let apply = NO_APPLY;
  let revision = 0;
  const bodies: string[] = [];
  const promised: JournalEntry[] = [];
  const switchedAt = new Set<number>();
  const mark = (one: Mark): void => void marks.add(one);
  const log = (line: string): void => void lines.push(`${clock() - START} ${line}`);
  const violate = (what: string): void => {
    violations.push(what);
    log(`VIOLATION ${what}`);
  };
  const read = (): ApplyState => {
    const texts = disk.get(CONFIG.id)?.get(JOURNAL) ?? [];
    for (; revision < texts.length; revision++) {
      const text = texts[revision] ?? "";
      bodies.push(text);
      const record = JSON.parse(text) as ApplyRecord;
      journal.push(shortOf(record));
      log(shortOf(record));
      if (!("epoch" in record)) continue;
      try {
        note(record);
        apply = evolve(apply, record, revision + 1);
      } catch (error) {
        violate(`the journal can't be folded: ${(error as Error).message}`);
      }
    }
    return apply;
  };
  const note = (record: ApplyRecord): void => {
    switch (record.kind) {
      case "freezing":
        if (record.epoch !== apply.phase.epoch + 1) violate(`apply ${record.epoch} begins after ${apply.phase.epoch}`);
        break;
      case "switched":
        if (switchedAt.has(record.epoch)) violate(`apply ${record.epoch} committed twice`);
        switchedAt.add(record.epoch);
        break;
      case "aborting":
        if (record.actor !== undefined) mark("aborted-by-operator");
        else mark(record.reason.includes("refused") ? "aborted-by-refusal" : "aborted-by-timeout");
        break;
      case "left":
        mark("participant-left");
        break;
      case "completed":
        mark(record.missing.length > 0 ? "completed-without-somebody" : "completed");
        break;
      case "rolled-back":
        mark(`rolled-back-${record.gates}`);
        break;
      case "acknowledged":
    }
  };
  return {
    violations,
    marks,
    journal,
    lines,
    mark,
    log,
    violate,
    apply: read,
    /** An order went out on the activation of that revision. */
    admitted: (session: string, on: number): void => {
      const { phase, activation } = read();
      if (on !== activation.revision)
        violate(`${session} let an order out on activation ${on}, the world's is ${activation.revision}`);
      if ((phase.kind === "freezing" || phase.kind === "aborting") && phase.acknowledged.includes(session))
        violate(`${session} let an order out while it had acknowledged that its gate is shut`);
    },
    /** Somebody was told that these are durable. */
    acknowledged: (entries: readonly JournalEntry[]): void => void promised.push(...entries),
    finish: (): void => {
      read();
      for (const { revision: at, record } of promised) {
        const { chain: _, ...body } = JSON.parse(bodies[at - 1] ?? "{}");
        if (JSON.stringify(body) !== JSON.stringify(record)) violate(`record ${at} was acknowledged and is not there`);
      }
    },
  };
}

function shortOf(record: ApplyRecord): string {
  const who = "participant" in record ? ` ${record.participant}` : "";
  return `${record.kind} ${"epoch" in record ? record.epoch : ""}${who}`;
}

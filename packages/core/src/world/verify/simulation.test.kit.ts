import { step } from "../apply.ts";
import { START } from "../sample.test.kit.ts";
import { participantsOf } from "../session.ts";
import { arena, proposal, RULES, type SimParts } from "./sim-arena.test.kit.ts";
import { type Dice, dice, type SimProcess } from "./sim-kernel.test.kit.ts";
import type { Call, Fate } from "./sim-storage.test.kit.ts";
import type { Mark } from "./sim-watch.test.kit.ts";

export interface SimResult {
  readonly violations: readonly string[];
  /** Not everything came to rest after the faults were over. */
  readonly stuck: boolean;
  readonly marks: ReadonlySet<Mark>;
  /** Records of the journal, in short. */
  readonly journal: readonly string[];
  /** Those and what else happened, with the time in ms. */
  readonly lines: readonly string[];
}

/** How often what goes wrong; probabilities of a call or of a moment. */
interface Weather {
  readonly fates: readonly (readonly [fate: Fate, probability: number])[];
  readonly dies: number;
  readonly stops: number;
  readonly cutsOff: number;
  readonly refuses: number;
  readonly aborts: number;
  readonly jumps: number;
  readonly suspends: number;
}

const CALM: Weather = { fates: [], dies: 0, stops: 0, cutsOff: 0, refuses: 0, aborts: 0, jumps: 0, suspends: 0 };

/** Each kind of fault is there in one run of four: with all of them at once nothing is ever completed. */
function weatherOf(random: Dice): Weather {
  const sometimes = (probability: number): number => (random.chance(0.25) ? probability : 0);
  // Clocks that are set and machines that are suspended at once could make up for each other.
  const clocksAreSet = random.chance(0.6);
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
    jumps: clocksAreSet && random.chance(0.4) ? 0.6 : 0,
    suspends: !clocksAreSet && random.chance(0.4) ? 0.4 : 0,
  };
}

/** Forward or back: less than a session lives, a few of them, or hours. */
function jumpOf(random: Dice): number {
  const size = random.pick([random.between(1, RULES.gateTtl), random.between(1, 4 * RULES.gateTtl), 10_000_000]);
  return random.chance(0.5) ? size : -size;
}

/** Ms in which things go wrong, and in which everything has to come to rest afterwards. */
const ROUGH = 1500;
const SETTLING = 12_000;

/** One run of the real shells over a storage and processes that fail as the seed says. The same seed gives the same run. */
export async function simulate(seed: number, parts?: Partial<SimParts>): Promise<SimResult> {
  const random = dice(seed);
  let present = weatherOf(random);
  const fate = ({ kind }: Call): Fate => {
    for (const [one, probability] of present.fates) {
      if (!random.chance(probability) || (one === "repeated" && kind !== "append")) continue;
      if (one === "cut-after") mark("answer-lost");
      if (one === "repeated") mark("append-repeated");
      return one;
    }
    return "answered";
  };
  const refuses = (): boolean => random.chance(present.refuses);
  // What was on its way when the faults were over may still end a process.
  const died = (process: SimProcess): void => {
    const of = runners.findIndex((one: { readonly process: SimProcess } | undefined) => one?.process === process);
    if (present === CALM && of >= 0) start(of);
  };
  const sim = arena({ random, fate, refuses, died, ...(parts !== undefined && { parts }) });
  const { time, watch, processes, runners, spawn, start } = sim;
  const { mark } = watch;
  const soon = (low: number, high: number, run: () => void): void =>
    time.later(random.between(low, high), undefined, run);

  let lastRun = 0;
  /** Somebody who decides: proposes, aborts, and sees applies through, as long as its process lives. */
  const operate = async (process: SimProcess): Promise<void> => {
    const world = sim.open(process);
    for (;;) {
      await time.sleep(random.between(20, 250), process);
      const again = lastRun > 0 && random.chance(0.15);
      const run = `run-${again ? lastRun : ++lastRun}`;
      const aborts = random.chance(present.aborts);
      try {
        let builds = 0;
        const { entries } = await world.commit(
          async (state, sessions) => {
            if (++builds > 1) mark("zombie-lost-cas");
            if (random.chance(0.1)) await time.sleep(random.between(50, 600), process);
            const event = aborts
              ? ({ kind: "aborted", actor: "ops", reason: "second thoughts" } as const)
              : proposal(run, random.between(1, 4), participantsOf(sessions));
            return step(state.apply, event, { at: time.clock() + process.skew, revision: state.revision }).records;
          },
          { configured: false },
        );
        watch.acknowledged(entries);
        if (again && entries.length === 0) mark("same-run-twice");
        await sim.drive(process, world, random.between(0, 1200));
      } catch (error) {
        watch.failed(process.name, error);
      }
    }
  };
  let operator: SimProcess | undefined;
  const employ = (): void => {
    operator = spawn("ops");
    void operate(operator);
  };

  const befall = (victim: SimProcess): void => {
    if (random.chance(present.dies)) sim.die(victim);
    else if (random.chance(present.stops)) {
      const length = random.between(100, 1200);
      if (length > RULES.gateTtl) mark("stopped-past-its-session");
      victim.stoppedUntil = time.clock() + length;
      watch.log(`${victim.name} stops for ${length} ms`);
    } else if (random.chance(present.jumps)) {
      const jump = jumpOf(random);
      victim.skew += jump;
      // The worst moment to be set back is one that nothing was done in.
      if (jump < 0 && jump > -1200) victim.stoppedUntil = time.clock() - jump;
      if (watch.apply().phase.kind !== "idle") mark("clock-jumped-during-apply");
      watch.log(`${victim.name} has its clock set, now ${victim.skew} ms ahead`);
    } else if (random.chance(present.suspends) && victim.stoppedUntil <= time.clock()) {
      const length = random.between(100, 1500);
      if (length > RULES.gateTtl) mark("suspended-past-its-session");
      victim.stoppedUntil = time.clock() + length;
      victim.slept += length;
      watch.log(`${victim.name} is suspended for ${length} ms`);
    } else if (random.chance(present.cutsOff)) victim.cutOffUntil = time.clock() + random.between(100, 900);
  };
  const misfortune = (): void => {
    if (present === CALM) return;
    const victims = processes.filter(({ dead }) => !dead);
    if (victims.length > 0) befall(random.pick(victims));
    runners.forEach(({ process }, of) => {
      if (process.dead && random.chance(0.3)) start(of);
    });
    if (operator?.dead === true) employ();
    soon(40, 160, misfortune);
  };

  const count = random.between(1, 3);
  for (let of = 0; of < count; of++) soon(0, 150, () => start(of));
  employ();
  soon(40, 160, misfortune);
  await time.run(START + ROUGH);

  // From here on nothing goes wrong any more, and nobody decides anything: the last apply comes to its end.
  present = CALM;
  if (operator !== undefined) operator.dead = true;
  for (const process of processes) process.cutOffUntil = 0;
  runners.forEach(({ process }, of) => {
    if (process.dead) start(of);
  });
  const host = spawn("host");
  sim.drive(host, sim.open(host), SETTLING).catch((error: unknown) => watch.failed(host.name, error));
  await time.run(START + ROUGH + SETTLING, sim.atRest);
  watch.finish();
  const { violations, marks, journal, lines } = watch;
  return { violations, stuck: !sim.atRest(), marks, journal, lines };
}

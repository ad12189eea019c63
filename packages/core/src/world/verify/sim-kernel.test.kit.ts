/** Numbers that are the same for the same seed. */
export interface Dice {
  /** At least 0 and below 1. */
  roll(): number;
  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number;
  /** True with that probability. */
  chance(probability: number): boolean;
  pick<T>(of: readonly T[]): T;
}

/** Mulberry32. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => low + Math.floor(roll() * (high - low + 1));
  return {
    roll,
    between,
    chance: (probability) => roll() < probability,
    pick: (of) => {
      const one = of[between(0, of.length - 1)];
      if (one === undefined) throw new Error("there is nothing to pick from");
      return one;
    },
  };
}

/** One process of the simulation. What it waits for never comes once it is dead, and comes later while it is stopped. */
export interface SimProcess {
  readonly name: string;
  dead: boolean;
  /** Ms: nothing of it happens before. */
  stoppedUntil: number;
  /** Ms: its calls do not reach the storage before. */
  cutOffUntil: number;
  /** Calls of the storage so far. */
  calls: number;
  /** Ms that its clock is ahead of the true time. */
  skew: number;
  /** Ms that its machine was suspended: its elapsed time stood still. */
  slept: number;
}

interface Happening {
  at: number;
  readonly order: number;
  /** Absent for what is on its way and needs nobody. */
  readonly process: SimProcess | undefined;
  readonly run: () => void;
}

/** Virtual time, and everything that is due in it. */
export interface Kernel {
  readonly clock: () => number;
  later(milliseconds: number, process: SimProcess | undefined, run: () => void): void;
  sleep(milliseconds: number, process: SimProcess, signal?: AbortSignal): Promise<void>;
  /** Lets things happen one after the other until it is late enough, or `done`. */
  run(until: number, done?: () => boolean): Promise<void>;
}

export function kernel(start: number): Kernel {
  let now = start;
  let order = 0;
  const due: Happening[] = [];
  const later: Kernel["later"] = (milliseconds, process, run) => {
    due.push({ at: now + milliseconds, order: order++, process, run });
  };
  const next = (): Happening | undefined => {
    let best = -1;
    for (let i = 0; i < due.length; i++) {
      const [one, other] = [due[i], due[best]];
      if (one === undefined) continue;
      if (other === undefined || one.at < other.at || (one.at === other.at && one.order < other.order)) best = i;
    }
    return best < 0 ? undefined : due.splice(best, 1)[0];
  };
  return {
    clock: () => now,
    later,
    sleep: (milliseconds, process, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        signal?.addEventListener("abort", wake);
        later(milliseconds, process, wake);
      }),
    run: async (until, done) => {
      for (;;) {
        const one = next();
        if (one === undefined || one.at > until || done?.() === true) {
          if (one !== undefined) due.push(one);
          now = Math.max(now, until);
          return;
        }
        const { process } = one;
        if (process?.dead === true) continue;
        if (process !== undefined && process.stoppedUntil > one.at) {
          one.at = process.stoppedUntil;
          due.push(one);
          continue;
        }
        now = Math.max(now, one.at);
        one.run();
        // Everything that follows from it without waiting happens before the next thing does.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

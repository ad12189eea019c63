import type { StateStorage } from "../../plugin/contract/storage.ts";
import { entryKey } from "../activation.ts";
import { decide } from "../decide.ts";
import { START, sampleDecision, sampleSubmission, sampleWorld } from "../sample.test.kit.ts";
import { participantsOf } from "../session.ts";
import { after, submissionRecords } from "../submission.ts";
import { type MemoryDisk, memoryState } from "./memory-storage.test.kit.ts";
import { openWorld } from "./open-world.ts";
import { type Change, type JoinOptions, joinWorld, type Participant } from "./participant.ts";
import { type VirtualTime, virtualTime } from "./virtual-time.test.kit.ts";

export const config = sampleWorld("runners: { gate_ttl: 900ms, freeze_timeout_ms: 2000 }\n");
export const { gateTtl, freezeTimeout } = config.runners;
export const VERSION = sampleSubmission(config, { strategy: "a" }).trial.version;

export interface Bench {
  readonly storage: StateStorage;
  readonly time: VirtualTime;
  readonly world: ReturnType<typeof openWorld>;
  submit(strategy: string, selected: readonly string[], code?: string): Promise<void>;
  join(given?: Partial<JoinOptions>): Promise<Joined>;
  kinds(): Promise<readonly string[]>;
}

export interface Joined extends Participant {
  readonly changes: Change[];
  readonly problems: unknown[];
  readonly cancelled: number[];
  /** As if its process had been killed. */
  kill(): void;
}

export function bench(start = START, disk: MemoryDisk = new Map()): Bench {
  const storage = memoryState(disk);
  const time = virtualTime(start);
  const { signal } = new AbortController();
  const world = openWorld({ storage, config, clock: time.clock, elapsed: time.elapsed, signal });
  return {
    storage,
    time,
    world,
    submit: async (strategy, selected, code = "1") => {
      await world.commit((state, sessions) => {
        const submitted = submissionRecords(state, sampleSubmission(config, { strategy, code }), time.clock());
        const next = after(state, submitted);
        const participants = participantsOf(sessions);
        const decision = sampleDecision(next, config, { selected, now: time.clock(), participants });
        return [...submitted, ...decide(decision).records];
      });
    },
    join: async (given = {}) => {
      const dying = new AbortController();
      const changes: Change[] = [];
      const problems: unknown[] = [];
      const cancelled: number[] = [];
      let participant: Participant | undefined;
      const joined = await joinWorld({
        world: openWorld({ storage, config, clock: time.clock, elapsed: time.elapsed, signal: dying.signal }),
        strategy: "a",
        host: { name: "box", pid: 1 },
        report: { version: VERSION, domain: "dryrun" },
        gateTtl,
        freezeTimeout,
        prepare: async (change) => {
          changes.push(change);
          return change.entries.map(entryKey);
        },
        cancelOrders: async () => {
          const inFlight = participant?.view().inFlight ?? 0;
          cancelled.push(inFlight);
          return inFlight;
        },
        onProblem: (error) => problems.push(error),
        clock: time.clock,
        wait: time.wait,
        signal: dying.signal,
        ...given,
      });
      participant = joined;
      return { ...joined, changes, problems, cancelled, kill: () => dying.abort() };
    },
    kinds: async () => (await world.entries()).map(({ record }) => record.kind),
  };
}

export const buy = (strategy = "a", code = "1") => ({
  entry: entryKey({ strategy, version: sampleSubmission(config, { strategy, code }).trial.version, params: {} }),
  position: 0,
  quantity: 10,
});

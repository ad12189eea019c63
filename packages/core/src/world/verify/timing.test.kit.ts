import type { StateStorage } from "../../plugin/contract/storage.ts";
import { entryKey } from "../activation.ts";
import { step } from "../apply.ts";
import { decide } from "../decide.ts";
import { writeRecord } from "../record-schema.ts";
import { START, sampleDecision, sampleSubmission, sampleWorld } from "../sample.test.kit.ts";
import { participantsOf } from "../session.ts";
import { driveApply } from "../shell/apply-host.ts";
import { openWorld } from "../shell/open-world.ts";
import { joinWorld } from "../shell/participant.ts";
import { emptyState } from "../state.ts";
import { after, submissionRecords } from "../submission.ts";
import { proposal } from "./sim-arena.test.kit.ts";

const CONFIG = sampleWorld();

/** Ms of each of so many decisions over 50 candidates, with the apply and the records as they are appended. */
export function decideTimes(rounds: number, clock: () => number): readonly number[] {
  const names = Array.from({ length: 50 }, (_, i) => `s${String(i).padStart(2, "0")}`);
  let state = emptyState(CONFIG.id);
  for (const strategy of names)
    state = after(state, submissionRecords(state, sampleSubmission(CONFIG, { strategy }), START));
  return Array.from({ length: rounds }, (_, round) => {
    const selected = names.slice(round % 40, (round % 40) + 5);
    const began = clock();
    const { records } = decide(sampleDecision(state, CONFIG, { selected, now: START + round }));
    for (const record of records) writeRecord(CONFIG.id, record);
    const took = clock() - began;
    state = after(state, records);
    return took;
  });
}

/**
 * Ms of each of so many applies, from the proposal to its end, with so many runners that have nothing to drain. Every runner and the one
 * who proposes have a storage of their own to the same journal.
 */
export async function applyTimes(of: {
  readonly runners: number;
  readonly rounds: number;
  readonly storage: () => Promise<StateStorage>;
  /** Ms UTC. */
  readonly clock: () => number;
}): Promise<readonly number[]> {
  const { runners, rounds, clock } = of;
  const ending = new AbortController();
  const { signal } = ending;
  const world = openWorld({ storage: await of.storage(), config: CONFIG, clock, signal });
  const participants = [];
  for (let i = 0; i < runners; i++)
    participants.push(
      await joinWorld({
        world: openWorld({ storage: await of.storage(), config: CONFIG, clock, signal }),
        strategy: "s",
        name: `runner-${i}`,
        host: { name: "bench", pid: i },
        report: { version: "1".repeat(64), domain: "dryrun" },
        gateTtl: CONFIG.runners.gateTtl,
        freezeTimeout: CONFIG.runners.freezeTimeout,
        prepare: async ({ entries }) => entries.map(entryKey),
        cancelOrders: async () => 0,
        onProblem: (error) => {
          throw error;
        },
        clock,
        signal,
      }),
    );
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await world.commit(
      ({ apply, revision }, sessions) => {
        const at = clock();
        const proposed = proposal(`round-${round}`, 1 + (round % 4), participantsOf(sessions));
        return step(apply, proposed, { at, revision }).records;
      },
      { configured: false },
    );
    const { apply } = await driveApply({ world, config: CONFIG, patience: 30_000, clock, signal });
    times.push(performance.now() - began);
    const { phase } = apply;
    if (phase.kind !== "idle" || phase.outcome?.kind !== "completed" || phase.outcome.missing.length > 0)
      throw new Error(`apply ${round} was not completed by everybody`);
  }
  await Promise.all(participants.map((participant) => participant.leave()));
  ending.abort();
  return times;
}

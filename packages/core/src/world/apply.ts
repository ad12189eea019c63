import { QmtlError } from "../schema/error.ts";
import { type Activation, type ActivationEntry, NO_ACTIVATION } from "./activation.ts";
import { type ApplyRecord, RECORD_FORMAT } from "./record.ts";

/** How the last apply ended. Both ends are terminal: the next may start. */
export type ApplyOutcome =
  /** `missing`: sessions that have not confirmed the new head; their gates are shut. */
  | { readonly kind: "completed"; readonly missing: readonly string[] }
  | {
      readonly kind: "rolled-back";
      readonly reason: string;
      /** `reopened` on the old head, only when every participant confirmed it; else `frozen`. */
      readonly gates: "reopened" | "frozen";
      readonly missing: readonly string[];
    };

/** Where the two-phase apply of a world stands. Epochs count applies from 1 and never repeat. */
export type ApplyPhase =
  | { readonly kind: "idle"; readonly epoch: number; readonly outcome?: ApplyOutcome }
  /** Gates are shutting on the old head; waits for sequence 2e. */
  | (Running<"freezing"> & { readonly decision: number; readonly target: readonly ActivationEntry[] })
  /** Committed: the target is the activation; waits for sequence 2e + 1. Only forward from here. */
  | Running<"switched">
  /** Nothing was switched; waits for everybody to confirm the old head with sequence 2e + 1. */
  | (Running<"aborting"> & { readonly reason: string });

interface Running<K extends string> {
  readonly kind: K;
  readonly epoch: number;
  /** Sessions whose acknowledgement it takes, less those that left. */
  readonly required: readonly string[];
  readonly acknowledged: readonly string[];
  /** Left the required set: their gates shut by themselves. */
  readonly left: readonly string[];
}

export interface ApplyState {
  readonly phase: ApplyPhase;
  readonly activation: Activation;
}

export const NO_APPLY: ApplyState = { phase: { kind: "idle", epoch: 0 }, activation: NO_ACTIVATION };

export type ApplyEvent =
  /** A decision wants another activation. `participants`: sessions registered in `dryrun` or `live` now. */
  | {
      readonly kind: "proposed";
      readonly decision: number;
      readonly target: readonly ActivationEntry[];
      readonly participants: readonly string[];
    }
  | { readonly kind: "acknowledged"; readonly participant: string; readonly sequence: number }
  | { readonly kind: "refused"; readonly participant: string; readonly reason: string }
  /** The shell could not go on: a failed check before the switch, or a failed call. */
  | { readonly kind: "failed"; readonly reason: string }
  /** `freeze_timeout_ms` passed since the phase began. */
  | { readonly kind: "timed-out"; readonly epoch: number }
  /** A session was not renewed for `gate_ttl`. */
  | { readonly kind: "lost"; readonly participant: string };

/**
 * What the shell sends after the records are durable. Every one may be sent again: a participant ignores a sequence that is not
 * above the highest that it keeps.
 */
export interface ApplyEffect {
  /**
   * `freeze`: shut the gate. `reopen`: the head has switched, load it and open. `restore`: nothing was switched, confirm the old head with
   * the gate shut; it opens when `rolled-back` says `reopened`.
   */
  readonly kind: "freeze" | "reopen" | "restore";
  readonly participant: string;
  readonly epoch: number;
  /** 2e for `freeze`, 2e + 1 for the others. */
  readonly sequence: number;
  /** The whole activation at that head. */
  readonly entries: readonly ActivationEntry[];
}

export interface ApplyStep {
  readonly state: ApplyState;
  readonly records: readonly ApplyRecord[];
  readonly effects: readonly ApplyEffect[];
}

/** When and on which head a step is taken: the records that it gives have the revisions after `revision`. */
export interface StepContext {
  readonly at: number;
  readonly revision: number;
}

/**
 * The two-phase apply as a pure reducer. The shell appends the records by compare-and-set, then performs the effects, and only then
 * takes the next event. After a crash the state is the fold of {@link evolve} over the journal, and {@link pendingEffects} says what to
 * send again.
 *
 * An empty set of participants needs nobody's word, so proposing commits and completes in one step: one append, all or nothing.
 *
 * @throws `world.apply-in-progress` when an apply is proposed while another runs
 */
export function step(state: ApplyState, event: ApplyEvent, { at, revision }: StepContext): ApplyStep {
  const records: ApplyRecord[] = [];
  const stamp = { format: RECORD_FORMAT, at } as const;
  let next = state;
  const record = (entry: ApplyRecord): void => {
    records.push(entry);
    next = evolve(next, entry, revision + records.length);
  };
  const react = (): void => {
    const { phase } = state;
    if (event.kind === "proposed") {
      if (phase.kind !== "idle") throw inProgress(phase);
      const { decision, target } = event;
      const required = [...new Set(event.participants)].sort();
      record({ kind: "freezing", ...stamp, epoch: phase.epoch + 1, decision, target, required });
      return;
    }
    if (phase.kind === "idle") return;
    const { epoch } = phase;
    switch (event.kind) {
      case "acknowledged": {
        const { participant, sequence } = event;
        if (
          sequence === awaited(phase) &&
          phase.required.includes(participant) &&
          !phase.acknowledged.includes(participant)
        )
          record({ kind: "acknowledged", ...stamp, epoch, participant, sequence });
        return;
      }
      case "refused":
        if (phase.kind === "freezing" && phase.required.includes(event.participant))
          record({ kind: "aborting", ...stamp, epoch, reason: `${event.participant} refused: ${event.reason}` });
        return;
      case "failed":
        if (phase.kind === "freezing") record({ kind: "aborting", ...stamp, epoch, reason: event.reason });
        return;
      case "timed-out":
        if (event.epoch !== epoch) return;
        if (phase.kind === "freezing") {
          const reason = `${awaitedFrom(phase).join(", ")} did not shut in time`;
          record({ kind: "aborting", ...stamp, epoch, reason });
        } else if (phase.kind === "switched") record({ kind: "completed", ...stamp, epoch, missing: missingOf(phase) });
        else record({ kind: "rolled-back", ...stamp, epoch, gates: "frozen", missing: missingOf(phase) });
        return;
      case "lost":
        if (phase.required.includes(event.participant))
          record({ kind: "left", ...stamp, epoch, participant: event.participant });
        return;
    }
  };
  react();
  if (records.length > 0) settle();
  return { state: next, records, effects: records.length === 0 ? [] : entered(state, next) };

  /** Goes on while nobody's word is awaited. */
  function settle(): void {
    for (;;) {
      const { phase } = next;
      if (phase.kind === "idle" || awaitedFrom(phase).length > 0) return;
      const { epoch } = phase;
      if (phase.kind === "freezing") record({ kind: "switched", ...stamp, epoch });
      else if (phase.kind === "switched") record({ kind: "completed", ...stamp, epoch, missing: missingOf(phase) });
      else {
        const missing = missingOf(phase);
        record({ kind: "rolled-back", ...stamp, epoch, gates: missing.length === 0 ? "reopened" : "frozen", missing });
      }
    }
  }
}

/**
 * The state after one record of the journal. `step` and the fold of the journal both go through here, so what was recorded and what is
 * replayed can't differ.
 *
 * @throws `world.corrupt-journal` for a record that can't follow the state
 */
export function evolve(state: ApplyState, record: ApplyRecord, revision: number): ApplyState {
  const { phase, activation } = state;
  if (record.kind === "freezing") {
    if (phase.kind !== "idle" || record.epoch <= phase.epoch) throw outOfOrder(state, record, revision);
    const { epoch, decision, target, required } = record;
    return { activation, phase: { kind: "freezing", epoch, decision, target, required, acknowledged: [], left: [] } };
  }
  if (phase.kind === "idle" || phase.epoch !== record.epoch) throw outOfOrder(state, record, revision);
  const { epoch, required, left } = phase;
  switch (record.kind) {
    case "acknowledged":
      if (!required.includes(record.participant) || record.sequence !== awaited(phase))
        throw outOfOrder(state, record, revision);
      return { activation, phase: { ...phase, acknowledged: [...phase.acknowledged, record.participant] } };
    case "left": {
      const without = (names: readonly string[]) => names.filter((name) => name !== record.participant);
      const next = {
        required: without(required),
        acknowledged: without(phase.acknowledged),
        left: [...left, record.participant],
      };
      return { activation, phase: { ...phase, ...next } };
    }
    case "switched":
      if (phase.kind !== "freezing" || awaitedFrom(phase).length > 0) throw outOfOrder(state, record, revision);
      return {
        activation: { revision, entries: phase.target },
        phase: { kind: "switched", epoch, required, acknowledged: [], left },
      };
    case "aborting":
      if (phase.kind !== "freezing") throw outOfOrder(state, record, revision);
      return {
        activation,
        phase: { kind: "aborting", epoch, reason: record.reason, required, acknowledged: [], left },
      };
    case "completed":
      if (phase.kind !== "switched") throw outOfOrder(state, record, revision);
      return { activation, phase: { kind: "idle", epoch, outcome: { kind: "completed", missing: record.missing } } };
    case "rolled-back": {
      if (phase.kind !== "aborting") throw outOfOrder(state, record, revision);
      const { gates, missing } = record;
      if (gates === "reopened" && missingOf(phase).length > 0) throw outOfOrder(state, record, revision);
      const outcome: ApplyOutcome = { kind: "rolled-back", reason: phase.reason, gates, missing };
      return { activation, phase: { kind: "idle", epoch, outcome } };
    }
  }
}

/** What has to be sent (again) in the state as it is, for example after a restart. */
export function pendingEffects({ phase, activation }: ApplyState): readonly ApplyEffect[] {
  if (phase.kind === "idle") return [];
  const kind = ({ freezing: "freeze", switched: "reopen", aborting: "restore" } as const)[phase.kind];
  const sequence = awaited(phase);
  return awaitedFrom(phase).map((participant) => ({
    kind,
    participant,
    epoch: phase.epoch,
    sequence,
    entries: activation.entries,
  }));
}

function entered(before: ApplyState, after: ApplyState): readonly ApplyEffect[] {
  return before.phase.kind === after.phase.kind ? [] : pendingEffects(after);
}

function awaited(phase: Exclude<ApplyPhase, { kind: "idle" }>): number {
  return phase.kind === "freezing" ? 2 * phase.epoch : 2 * phase.epoch + 1;
}

function awaitedFrom(phase: Exclude<ApplyPhase, { kind: "idle" }>): readonly string[] {
  return phase.required.filter((name) => !phase.acknowledged.includes(name));
}

function missingOf(phase: Exclude<ApplyPhase, { kind: "idle" }>): readonly string[] {
  return [...phase.left, ...awaitedFrom(phase)].sort();
}

function inProgress(phase: Exclude<ApplyPhase, { kind: "idle" }>): QmtlError {
  return new QmtlError({
    code: "world.apply-in-progress",
    message: `Apply ${phase.epoch} of the world is ${phase.kind}`,
    next: "Wait until it is completed or rolled back, then decide again.",
    class: "failed",
  });
}

function outOfOrder({ phase }: ApplyState, record: ApplyRecord, revision: number): QmtlError {
  return new QmtlError({
    code: "world.corrupt-journal",
    message: `Record ${revision} (${record.kind}, apply ${record.epoch}) can't follow apply ${phase.epoch}, which is ${phase.kind}`,
    next: "Restore the journal from a copy: no writer of QMTL leaves it like this.",
    class: "failed",
  });
}

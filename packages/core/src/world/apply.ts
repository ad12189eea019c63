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
  | { readonly kind: "idle"; readonly epoch: number; readonly run?: string; readonly outcome?: ApplyOutcome }
  /** Gates are shutting on the old head; waits for sequence 2e. */
  | (Running<"freezing"> & { readonly decision: number; readonly target: readonly ActivationEntry[] })
  /** Committed: the target is the activation; waits for sequence 2e + 1. Only forward from here. */
  | Running<"switched">
  /** Nothing was switched; waits for everybody to confirm the old head with sequence 2e + 1. */
  | (Running<"aborting"> & { readonly reason: string });

interface Running<K extends string> {
  readonly kind: K;
  readonly epoch: number;
  /** The name that whoever proposed it gave it. */
  readonly run?: string;
  /** When the phase was entered, ms UTC. */
  readonly since: number;
  /** Sessions whose acknowledgement it takes, less those that left. */
  readonly required: readonly string[];
  readonly acknowledged: readonly string[];
  /** Left the required set: their gates shut by themselves. */
  readonly left: readonly string[];
}

/** An apply that ended and had a name. */
export interface EndedApply {
  readonly run: string;
  readonly epoch: number;
  readonly outcome: ApplyOutcome;
}

export interface ApplyState {
  readonly phase: ApplyPhase;
  readonly activation: Activation;
  /** Every named apply that ended, oldest first: a name is used once. */
  readonly ended: readonly EndedApply[];
}

export const NO_APPLY: ApplyState = { phase: { kind: "idle", epoch: 0 }, activation: NO_ACTIVATION, ended: [] };

export type ApplyEvent =
  /**
   * A decision wants another activation. `participants`: sessions registered in `dryrun` or `live` now; who joins later starts with its
   * gate shut and is not waited for. `run` names the apply: proposing a name again that is running or has ended does nothing, and
   * {@link applyByRun} tells what became of it.
   */
  | {
      readonly kind: "proposed";
      readonly run?: string;
      readonly decision: number;
      readonly target: readonly ActivationEntry[];
      readonly participants: readonly string[];
    }
  | { readonly kind: "acknowledged"; readonly participant: string; readonly sequence: number }
  /** `sequence`: of the message that it can't follow, so that a late word says nothing about the next apply. */
  | { readonly kind: "refused"; readonly participant: string; readonly sequence: number; readonly reason: string }
  /** The shell could not go on: a failed check before the switch, or a failed call. */
  | { readonly kind: "failed"; readonly reason: string }
  /** An operator ends it. */
  | { readonly kind: "aborted"; readonly actor: string; readonly reason: string }
  /** `freeze_timeout_ms` passed since that phase of that apply began. */
  | { readonly kind: "timed-out"; readonly epoch: number; readonly phase: RunningKind }
  /** A session ended, or was not renewed for `gate_ttl`: its gate is shut. */
  | { readonly kind: "lost"; readonly participant: string };

export type RunningKind = Exclude<ApplyPhase["kind"], "idle">;

/**
 * Where an activation stands, whole: the newest message replaces every older one, so losing some is no harm. It is a view of the journal,
 * and is ordered by `sequence`; at the same sequence an `outcome` comes after the others.
 */
export type ActivationMessage =
  /** Shut the gate, cancel open orders, load `target` beside what is held, and acknowledge. */
  | (Message<"freeze"> & { readonly target: readonly ActivationEntry[] })
  /** The head has switched to `entries`: open on it, and acknowledge. */
  | Message<"reopen">
  /** Nothing was switched: acknowledge the old head with the gate shut. */
  | Message<"restore">
  /** Nothing is awaited. `open`: gates may be open on `entries`. `frozen`: they stay shut until the next apply. */
  | (Message<"outcome"> & { readonly gates: "open" | "frozen" });

interface Message<K extends string> {
  readonly kind: K;
  readonly epoch: number;
  /** 2e for `freeze`, 2e + 1 for the others. */
  readonly sequence: number;
  /** Of the activation: the revision of its `switched` record. */
  readonly revision: number;
  /** The whole activation at that head. */
  readonly entries: readonly ActivationEntry[];
}

/** What is sent after the records are durable, to whom a word is awaited from. Every one may be sent again. */
export interface ApplyEffect {
  readonly participant: string;
  readonly message: ActivationMessage;
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
 * @throws `world.apply-in-progress` when an apply is proposed while another runs; `world.no-apply` and `world.apply-switched` when there is
 *   nothing that an operator could abort
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
      const { decision, target, run } = event;
      if (run !== undefined && applyByRun(state, run) !== undefined) return;
      if (phase.kind !== "idle") throw applyInProgress(phase);
      const required = [...new Set(event.participants)].sort();
      record({ kind: "freezing", ...stamp, epoch: phase.epoch + 1, ...nameOf({ run }), decision, target, required });
      return;
    }
    if (event.kind === "aborted" && (phase.kind === "idle" || phase.kind === "switched")) throw nothingToAbort(phase);
    if (phase.kind === "idle") return;
    const { epoch } = phase;
    switch (event.kind) {
      case "acknowledged": {
        const { participant, sequence } = event;
        if (
          sequence === sequenceOf(phase) &&
          phase.required.includes(participant) &&
          !phase.acknowledged.includes(participant)
        )
          record({ kind: "acknowledged", ...stamp, epoch, participant, sequence });
        return;
      }
      case "refused":
        if (
          phase.kind === "freezing" &&
          event.sequence === sequenceOf(phase) &&
          phase.required.includes(event.participant)
        )
          record({ kind: "aborting", ...stamp, epoch, reason: `${event.participant} refused: ${event.reason}` });
        return;
      case "failed":
        if (phase.kind === "freezing") record({ kind: "aborting", ...stamp, epoch, reason: event.reason });
        return;
      case "aborted": {
        const { actor, reason } = event;
        if (phase.kind === "freezing") record({ kind: "aborting", ...stamp, epoch, reason, actor });
        return;
      }
      case "timed-out":
        if (event.epoch !== epoch || event.phase !== phase.kind) return;
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
  const { phase, activation, ended } = state;
  if (record.kind === "freezing") {
    if (phase.kind !== "idle" || record.epoch !== phase.epoch + 1) throw outOfOrder(state, record, revision);
    const { epoch, decision, target, required, at: since, run } = record;
    const begun = { ...nameOf({ run }), since, required, acknowledged: [], left: [] };
    return { activation, ended, phase: { kind: "freezing", epoch, decision, target, ...begun } };
  }
  if (phase.kind === "idle" || phase.epoch !== record.epoch) throw outOfOrder(state, record, revision);
  const { epoch, required, left } = phase;
  const entered = { epoch, ...nameOf(phase), since: record.at, required, acknowledged: [], left };
  const end = (outcome: ApplyOutcome): ApplyState => {
    const { run } = phase;
    const known = run === undefined ? ended : [...ended, { run, epoch, outcome }];
    return { activation, ended: known, phase: { kind: "idle", epoch, ...nameOf(phase), outcome } };
  };
  switch (record.kind) {
    case "acknowledged":
      if (
        !required.includes(record.participant) ||
        phase.acknowledged.includes(record.participant) ||
        record.sequence !== sequenceOf(phase)
      )
        throw outOfOrder(state, record, revision);
      return { activation, ended, phase: { ...phase, acknowledged: [...phase.acknowledged, record.participant] } };
    case "left": {
      if (!required.includes(record.participant)) throw outOfOrder(state, record, revision);
      const without = (names: readonly string[]) => names.filter((name) => name !== record.participant);
      const next = {
        required: without(required),
        acknowledged: without(phase.acknowledged),
        left: [...left, record.participant],
      };
      return { activation, ended, phase: { ...phase, ...next } };
    }
    case "switched":
      if (phase.kind !== "freezing" || awaitedFrom(phase).length > 0) throw outOfOrder(state, record, revision);
      return { activation: { revision, entries: phase.target }, ended, phase: { kind: "switched", ...entered } };
    case "aborting":
      if (phase.kind !== "freezing") throw outOfOrder(state, record, revision);
      return { activation, ended, phase: { kind: "aborting", ...entered, reason: record.reason } };
    case "completed":
      if (phase.kind !== "switched") throw outOfOrder(state, record, revision);
      return end({ kind: "completed", missing: record.missing });
    case "rolled-back": {
      if (phase.kind !== "aborting") throw outOfOrder(state, record, revision);
      const { gates, missing } = record;
      if (gates === "reopened" && missingOf(phase).length > 0) throw outOfOrder(state, record, revision);
      return end({ kind: "rolled-back", reason: phase.reason, gates, missing });
    }
  }
}

/** The one message that a state is: what a participant is told, and what a snapshot holds. */
export function messageOf({ phase, activation }: Pick<ApplyState, "phase" | "activation">): ActivationMessage {
  const { epoch } = phase;
  const at = { epoch, sequence: sequenceOf(phase), ...activation };
  switch (phase.kind) {
    case "freezing":
      return { kind: "freeze", ...at, target: phase.target };
    case "switched":
      return { kind: "reopen", ...at };
    case "aborting":
      return { kind: "restore", ...at };
    case "idle":
      return { kind: "outcome", ...at, gates: areGatesFrozen({ phase }) ? "frozen" : "open" };
  }
}

/** True when the last apply was rolled back and left every gate shut. */
export function areGatesFrozen({ phase }: Pick<ApplyState, "phase">): boolean {
  return phase.kind === "idle" && phase.outcome?.kind === "rolled-back" && phase.outcome.gates === "frozen";
}

/** What has to be sent (again) in the state as it is, for example after a restart. */
export function pendingEffects(state: ApplyState): readonly ApplyEffect[] {
  const message = messageOf(state);
  return awaitedWords(state).map((participant) => ({ participant, message }));
}

/** The sessions whose word the apply waits for now. */
export function awaitedWords({ phase }: ApplyState): readonly string[] {
  return phase.kind === "idle" ? [] : awaitedFrom(phase);
}

/** The apply of that name: without an outcome while it runs. */
export function applyByRun(
  { phase, ended }: ApplyState,
  run: string,
): (Pick<EndedApply, "run" | "epoch"> & { readonly outcome?: ApplyOutcome }) | undefined {
  if (phase.kind !== "idle" && phase.run === run) return { run, epoch: phase.epoch };
  return ended.find((one) => one.run === run);
}

function entered(before: ApplyState, after: ApplyState): readonly ApplyEffect[] {
  return before.phase.kind === after.phase.kind ? [] : pendingEffects(after);
}

/** The highest sequence that has been sent. */
function sequenceOf({ kind, epoch }: ApplyPhase): number {
  return kind === "freezing" ? 2 * epoch : 2 * epoch + 1;
}

function nameOf({ run }: { readonly run?: string | undefined }): { readonly run?: string } {
  return run === undefined ? {} : { run };
}

function awaitedFrom(phase: Exclude<ApplyPhase, { kind: "idle" }>): readonly string[] {
  return phase.required.filter((name) => !phase.acknowledged.includes(name));
}

function missingOf(phase: Exclude<ApplyPhase, { kind: "idle" }>): readonly string[] {
  return [...phase.left, ...awaitedFrom(phase)].sort();
}

/** Another apply is in the way. */
export function applyInProgress(phase: Exclude<ApplyPhase, { kind: "idle" }>): QmtlError {
  return new QmtlError({
    code: "world.apply-in-progress",
    message: `${naming(phase)} of the world is ${phase.kind}`,
    next: "Wait until it is completed or rolled back, or abort it, then apply again.",
    class: "failed",
  });
}

function nothingToAbort(phase: ApplyPhase): QmtlError {
  return phase.kind === "idle"
    ? new QmtlError({
        code: "world.no-apply",
        message: "No apply of the world is running",
        next: "See how the last one ended: qmtl world apply-status.",
        class: "failed",
      })
    : new QmtlError({
        code: "world.apply-switched",
        message: `${naming(phase)} of the world has switched: it can only be completed`,
        next: "Apply the decision that you want instead: that is an apply of its own.",
        class: "failed",
      });
}

function naming({ epoch, run }: ApplyPhase): string {
  return run === undefined ? `Apply ${epoch}` : `Apply ${epoch} (run ${run})`;
}

function outOfOrder({ phase }: ApplyState, record: ApplyRecord, revision: number): QmtlError {
  return new QmtlError({
    code: "world.corrupt-journal",
    message: `Record ${revision} (${record.kind}, apply ${record.epoch}) can't follow apply ${phase.epoch}, which is ${phase.kind}`,
    next: "Restore the journal from a copy: no writer of QMTL leaves it like this.",
    class: "failed",
  });
}

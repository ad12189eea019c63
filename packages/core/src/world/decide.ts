import { canonicalJson } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";
import { type ActivationEntry, activeEntry, nextEntries, sameActive } from "./activation.ts";
import { areGatesFrozen, step } from "./apply.ts";
import { configDigest, type WorldConfig } from "./config.ts";
import { type EnvelopeInput, envelopeOf } from "./envelope.ts";
import { type DecisionEnvelope, type DecisionRecord, RECORD_FORMAT, type WorldRecord } from "./record.ts";
import { crossContextHits, type LastDecision, type WorldState } from "./state.ts";
import { after } from "./submission.ts";

export interface DecideInput extends EnvelopeInput {
  /** Sessions that an apply has to wait for: {@link participantsOf} the head that the decision is appended to. */
  readonly participants: readonly string[];
}

export interface Decided {
  /** To append, all or none; empty when the world has said and done the same already. */
  readonly records: readonly WorldRecord[];
  /** The decision that holds after it. */
  readonly envelope: DecisionEnvelope;
  readonly apply: ApplyOutlook;
}

/** What becomes of the active set. */
export type ApplyOutlook =
  /** It is as the decision says. */
  | { readonly kind: "applied" }
  /** Another apply is running: this decision has its turn when that one ends. */
  | { readonly kind: "applying" }
  /** The world is `manual`: a person has to approve it. */
  | { readonly kind: "awaiting-approval" }
  /** A cached value of another context was met; nothing is switched until its strategy was evaluated anew. */
  | { readonly kind: "refused"; readonly reason: "cross_context_hit" };

/**
 * The world's decision on a policy's outcome, and the apply that it leads to. Deciding again on the same content gives no records: what is
 * compared is everything but the head it was taken at.
 *
 * @throws `world.unknown-evaluation` for a verdict on a version whose evaluation is not in the journal
 */
export function decide(input: DecideInput): Decided {
  const { state, config, now, participants } = input;
  const envelope = envelopeOf(input);
  const known = state.decision;
  if (known !== undefined && sameContent(known.envelope, envelope)) {
    const records = applyRecords({ state, config, participants, approved: known.approvedBy !== undefined, at: now });
    return { records, envelope: known.envelope, apply: outlook(after(state, records), config) };
  }
  return appendDecision({ state, config, envelope, participants, now });
}

/** A decision that is new, and the apply that it leads to as far as nobody has to be asked. */
export function appendDecision(
  of: Pick<DecideInput, "state" | "config" | "participants" | "now"> & { readonly envelope: DecisionEnvelope },
): Decided {
  const { state, config, envelope, participants, now } = of;
  const decision: DecisionRecord = { kind: "decision", format: RECORD_FORMAT, at: now, envelope };
  const decided = after(state, [decision]);
  const applied = applyRecords({ state: decided, config, participants, approved: false, at: now });
  return { records: [decision, ...applied], envelope, apply: outlook(after(decided, applied), config) };
}

/**
 * Lets the last decision of a `manual` world be applied.
 *
 * @throws `world.no-decision`, `world.nothing-to-approve`, `world.stale-decision` when it is too old or was taken under another
 *   configuration
 */
export function approve(of: {
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly actor: string;
  readonly comment: string;
  readonly now: number;
  readonly participants: readonly string[];
}): Decided {
  const { state, config, actor, comment, now, participants } = of;
  const decision = standingDecision(of);
  if (outlook(state, config).kind !== "awaiting-approval")
    throw new QmtlError({
      code: "world.nothing-to-approve",
      message: `The last decision of world ${state.world} does not wait for an approval`,
      place: { world: state.world },
      next: `See qmtl world status ${state.world}.`,
    });
  const approved: WorldRecord = {
    kind: "approved",
    format: RECORD_FORMAT,
    at: now,
    decision: decision.revision,
    actor,
    comment,
  };
  const allowed = after(state, [approved]);
  const applied = applyRecords({ state: allowed, config, participants, approved: true, at: now });
  return {
    records: [approved, ...applied],
    envelope: decision.envelope,
    apply: outlook(after(allowed, applied), config),
  };
}

/**
 * The last decision, where a person may still act on it.
 *
 * @throws `world.no-decision`, `world.stale-decision` when it is too old or was taken under another configuration
 */
export function standingDecision(of: {
  readonly state: WorldState;
  readonly config: WorldConfig;
  /** Ms UTC. */
  readonly now: number;
}): LastDecision {
  const { state, config, now } = of;
  const { world, decision } = state;
  if (decision === undefined)
    throw new QmtlError({
      code: "world.no-decision",
      message: `World ${world} has not decided anything yet`,
      place: { world },
      next: `Submit a strategy: qmtl submit FILE --world ${world}.`,
    });
  const { asOf, ttl, config: decidedUnder } = decision.envelope;
  const old = ttl !== undefined && !(now - asOf >= 0 && now - asOf <= ttl);
  if (old || decidedUnder !== configDigest(config))
    throw new QmtlError({
      code: "world.stale-decision",
      message: old
        ? `The last decision of world ${world} is older than its data may be`
        : `The file of world ${world} has changed since its last decision`,
      place: { world },
      next: "Submit again, then approve the new decision.",
    });
  return decision;
}

/** Where the world stands between its last decision and its activation. */
export function outlook(state: WorldState, config: Pick<WorldConfig, "apply">): ApplyOutlook {
  const { decision } = state;
  const { phase, activation } = state.apply;
  if (phase.kind !== "idle") return { kind: "applying" };
  const done = decision === undefined || sameActive(activation.entries, targetOf(decision.envelope));
  if (done && !areGatesFrozen(state.apply)) return { kind: "applied" };
  if (crossContextHits(state) > 0) return { kind: "refused", reason: "cross_context_hit" };
  const waits = config.apply === "manual" && decision?.approvedBy === undefined;
  return { kind: waits ? "awaiting-approval" : "applying" };
}

/** The active entries that a decision asks for. */
export function targetOf({ selected, versions }: DecisionEnvelope): readonly ActivationEntry[] {
  return selected.flatMap(({ strategy, version }) => {
    const decision = versions.find(
      (one) => one.strategy === strategy && one.version === version && one.verdict === "selected",
    );
    if (decision === undefined) return [];
    const { params, share, scale, mode } = decision;
    return [activeEntry({ strategy, version, params, share, scale, mode })];
  });
}

/**
 * The apply of the last decision as far as nobody has to be asked; nothing while another one runs, or while a value of another context
 * was met in a cache. `run`: see `proposed`.
 */
export function applyRecords(of: {
  readonly state: WorldState;
  readonly config: Pick<WorldConfig, "apply">;
  readonly participants: readonly string[];
  readonly approved: boolean;
  readonly at: number;
  readonly run?: string;
}): readonly WorldRecord[] {
  const { state, config, participants, approved, at, run } = of;
  const { decision, apply } = state;
  if (decision === undefined || apply.phase.kind !== "idle" || (config.apply === "manual" && !approved)) return [];
  const current = apply.activation.entries;
  const target = targetOf(decision.envelope);
  if (crossContextHits(state) > 0) return [];
  // Gates that a rollback left shut open again only through an apply, even one that changes nothing.
  if (sameActive(current, target) && !areGatesFrozen(apply)) return [];
  const proposed = {
    kind: "proposed",
    decision: decision.revision,
    target: nextEntries(current, target),
    participants,
    ...(run !== undefined && { run }),
  } as const;
  return step(apply, proposed, { at, revision: state.revision }).records;
}

function sameContent(a: DecisionEnvelope, b: DecisionEnvelope): boolean {
  return canonicalJson({ ...a, revision: 0 }) === canonicalJson({ ...b, revision: 0 });
}

import { QmtlError } from "../schema/error.ts";
import type { StageState } from "./campaign/campaign.ts";
import { demoted, highestStage, moved, stagesOf } from "./campaign/plan-tick.ts";
import type { WorldConfig } from "./config.ts";
import { appendDecision, type Decided, standingDecision } from "./decide.ts";
import { capitalOf, grant } from "./envelope.ts";
import { type DecisionEnvelope, RECORD_FORMAT, type RuledRecord, type VersionDecision } from "./record.ts";
import type { WorldState } from "./state.ts";
import { after } from "./submission.ts";

export interface RulingInput {
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly strategy: string;
  readonly verdict: RuledRecord["verdict"];
  readonly actor: string;
  readonly comment: string;
  /** Ms UTC. */
  readonly now: number;
  /** Sessions that an apply has to wait for. */
  readonly participants: readonly string[];
}

/**
 * A person's word on a strategy, the decision that takes it up, and its apply: all of it is appended at once.
 *
 * Approving makes a candidate live with at most the share that it has then; approving a live one again lets it have what the allocator gives
 * it now. Rejecting takes a candidate, or a live one, back to paper and starts its cooldown.
 *
 * @throws `world.no-decision`, `world.stale-decision`, `world.nothing-to-approve`, `world.nothing-to-reject`, `world.live-not-allowed`,
 *   `world.no-slot`
 */
export function ruleOn(input: RulingInput): Decided {
  const { state, config, strategy, verdict, actor, comment, now, participants } = input;
  const { envelope } = standingDecision(input);
  const stage = stagesOf(state)[strategy];
  const version = envelope.versions.find(
    (one) => one.strategy === strategy && one.stage !== undefined && one.version === stage?.version,
  );
  if (stage === undefined || version === undefined) throw nothingTo(input, "the world has not decided on it");
  const next = verdict === "approved" ? approved(input, stage, version) : rejected(input, stage, envelope.period);
  const ruled: RuledRecord = {
    kind: "ruled",
    format: RECORD_FORMAT,
    at: now,
    strategy,
    version: version.version,
    verdict,
    share: next.approved?.share ?? 0,
    actor,
    comment,
  };
  const heard = after(state, [ruled]);
  const decision = appendDecision({
    state: heard,
    config,
    envelope: taking(envelope, { state: heard, config, before: stage, stage: next, version, now }),
    participants,
    now,
  });
  return { ...decision, records: [ruled, ...decision.records] };
}

function approved(
  { state, config, actor, strategy, ...input }: RulingInput,
  stage: StageState,
  { allocated, share }: VersionDecision,
): StageState {
  const place = { world: state.world, strategy };
  if (highestStage(config) !== "live")
    throw new QmtlError({
      code: "world.live-not-allowed",
      message: `World ${state.world} does not allow live`,
      place,
      next: "Write `max_mode: live` and `allow_live: true` into its file, and let the next tick judge it again.",
    });
  const by = { actor, share: allocated };
  if (stage.stage === "live") {
    if (allocated <= share)
      throw nothingTo({ state, config, actor, strategy, ...input }, "it is live with all that it is given");
    return { ...stage, approved: by };
  }
  if (stage.stage !== "candidate")
    throw nothingTo({ state, config, actor, strategy, ...input }, `it is at ${stage.stage}: ${stage.reason}`);
  if (stage.verdict !== "pass")
    throw nothingTo(
      { state, config, actor, strategy, ...input },
      `its evidence no longer speaks for it: ${stage.reason}`,
    );
  const { slots } = config.campaign.live;
  const live = Object.values(stagesOf(state)).filter((other) => other.stage === "live").length;
  if (slots !== undefined && live >= slots)
    throw new QmtlError({
      code: "world.no-slot",
      message: `All ${slots} places for live strategies of world ${state.world} are taken`,
      place,
      next: `Reject one that is live, or raise \`campaign.live.slots\`.`,
    });
  return { ...moved(stage, "live", period(state), `${actor} let it go live`), approved: by };
}

function rejected(input: RulingInput, stage: StageState, at: number): StageState {
  if (stage.stage !== "candidate" && stage.stage !== "live")
    throw nothingTo(input, `it is at ${stage.stage}: ${stage.reason}`);
  return demoted(stage, input.config, at, `${input.actor} rejected it for live: ${input.comment}`);
}

function period({ decision }: WorldState): number {
  return decision?.envelope.period ?? 0;
}

/** The same decision with one strategy at another stage. */
function taking(
  envelope: DecisionEnvelope,
  of: {
    readonly state: WorldState;
    readonly config: WorldConfig;
    readonly before: StageState;
    readonly stage: StageState;
    readonly version: VersionDecision;
    readonly now: number;
  },
): DecisionEnvelope {
  const { state, config, before, stage, version, now } = of;
  const evaluation = state.evaluations.get(version.evalKey);
  if (evaluation === undefined)
    throw new QmtlError({
      code: "world.unknown-evaluation",
      message: `The evaluation of ${version.strategy} is not in the journal`,
      place: { world: state.world, strategy: version.strategy },
      class: "failed",
    });
  const { mode, downgrades } = grant({
    state,
    config,
    evaluation,
    verdict: version.verdict,
    stage: stage.stage,
    asOf: envelope.asOf,
    now,
  });
  const next: VersionDecision = {
    ...version,
    mode,
    downgrades,
    ...capitalOf(stage, version.allocated, config),
    notes: version.notes.filter((note) => note !== before.reason),
  };
  return {
    ...envelope,
    revision: state.revision,
    versions: envelope.versions.map((one) => (one === version ? next : one)),
    campaign: { ...envelope.campaign, [version.strategy]: stage },
  };
}

function nothingTo({ state, strategy, verdict }: RulingInput, because: string): QmtlError {
  const what = verdict === "approved" ? "approve" : "reject";
  return new QmtlError({
    code: `world.nothing-to-${what}`,
    message: `There is nothing to ${what} of ${strategy} in world ${state.world}: ${because}`,
    place: { world: state.world, strategy },
    next: `See qmtl world status ${state.world}.`,
  });
}

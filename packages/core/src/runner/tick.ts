import { isoText } from "../data/iso.ts";
import type { Exclusion, PolicyVerdict } from "../policy/policy.ts";
import { QmtlError } from "../schema/error.ts";
import { allocationWord } from "../world/allocation-word.ts";
import type { Stage, StageState } from "../world/campaign/campaign.ts";
import { stagesOf } from "../world/campaign/plan-tick.ts";
import { lastRealised } from "../world/campaign/realised.ts";
import { type ApplyOutlook, type Decided, decide, outlook } from "../world/decide.ts";
import { domainOf, type ExecutionDomain, type Mode } from "../world/mode.ts";
import type { DecisionEnvelope } from "../world/record.ts";
import { type RulingInput, ruleOn } from "../world/ruling.ts";
import { participantsOf } from "../world/session.ts";
import { applyDecision } from "../world/shell/apply-host.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { type WorldStatus, worldStatus } from "../world/status.ts";
import { contendersOf, judge } from "./judge.ts";
import type { LoadedWorld } from "./load-world.ts";
import type { SubmitContext } from "./submit.ts";
import { createTrialReturnsReader } from "./trial-pool.ts";

export interface TickContext
  extends Pick<
    SubmitContext,
    "config" | "compiled" | "evaluators" | "plugins" | "state" | "objects" | "metrics" | "clock" | "signal"
  > {
  /** Ms that it stays with an apply whose runners have to answer. */
  readonly patience?: number;
}

/** Where one strategy stands after a tick. Plain data: what `qmtl world tick --json` prints. */
export interface TickedStrategy {
  readonly strategy: string;
  readonly version: string;
  readonly from: Stage;
  readonly to: Stage;
  readonly verdict: StageState["verdict"];
  readonly hold: StageState["hold"] | null;
  /** A sentence. */
  readonly reason: string;
  /** What was compared: metric, value, bound, distance. */
  readonly findings: StageState["findings"];
  readonly policy: PolicyVerdict["verdict"];
  readonly exclusions: readonly Exclusion[];
  readonly mode: Mode;
  readonly domain: ExecutionDomain;
  readonly share: number;
  readonly scale: number;
}

export interface TickResult {
  readonly schema: "qmtl.tick/1";
  readonly world: string;
  /** End of the evaluation period that was decided on, and the instant of knowledge: ISO 8601. */
  readonly period: string;
  readonly asOf: string;
  /** Nothing was written: this is what a tick would do. */
  readonly planned: boolean;
  /** False where the world had said the same already. */
  readonly committed: boolean;
  readonly revision: number;
  readonly apply: ApplyOutlook["kind"];
  readonly strategies: readonly TickedStrategy[];
}

/** Ms. */
const PATIENCE = 60_000;

/**
 * Judges a world's candidates again on what its runners realised since: policy, campaign, decision, apply. The evaluation period is the last
 * one that any candidate realised, or that of the last decision. Ticking a period again on the same evidence writes nothing.
 *
 * @param plan says what a tick would do, and writes nothing
 * @throws `world.no-decision`, and what judging throws
 */
export async function tickWorld(context: TickContext, { plan = false } = {}): Promise<TickResult> {
  const { config, clock, signal, patience = PATIENCE } = context;
  const world = openWorld({ storage: context.state, config, clock, signal, metrics: context.metrics });
  const now = clock();
  if (plan) {
    const state = await world.load();
    const decided = await decideAgain(context, state, now, []);
    const committed = decided.records.some(({ kind }) => kind === "decision");
    return resultOf({
      before: state,
      state,
      envelope: decided.envelope,
      apply: decided.apply,
      committed,
      planned: true,
    });
  }
  let before: WorldState | undefined;
  let decided: Decided | undefined;
  const committed = await world.commit(async (state, sessions) => {
    before = state;
    decided = await decideAgain(context, state, now, participantsOf(sessions));
    return decided.records;
  });
  let { state } = committed;
  if (outlook(state, config).kind === "refused")
    context.metrics.count("apply_refused_total", { world: config.id, reason: "cross_context_hit" });
  if (outlook(state, config).kind === "applying")
    state = await applyDecision({ world, config, patience, clock, signal });
  return resultOf({
    before: before ?? state,
    state,
    envelope: (decided as Decided).envelope,
    apply: outlook(state, config),
    committed: committed.entries.some(({ record }) => record.kind === "decision"),
    planned: false,
  });
}

async function decideAgain(
  context: TickContext,
  state: WorldState,
  now: number,
  participants: readonly string[],
): Promise<Decided> {
  const { config, objects, signal } = context;
  const known = state.decision;
  const contenders = await contendersOf({ state, objects, signal });
  // Any of them gives the same: the newest, as when it was submitted.
  const revisionOf = (strategy: string): number => state.candidates.get(strategy)?.revision ?? 0;
  const [contender] = contenders.toSorted((a, b) => revisionOf(b.strategy) - revisionOf(a.strategy));
  if (known === undefined || contender === undefined)
    throw new QmtlError({
      code: "world.no-decision",
      message: `World ${config.id} has no candidate to judge`,
      place: { world: config.id },
      next: `Submit a strategy: qmtl submit FILE --world ${config.id}.`,
    });
  const { envelope } = known;
  const last = Math.max(...contenders.map((one) => lastRealised(state.realised, one)));
  const period = Math.max(envelope.period, last);
  const reader = createTrialReturnsReader(objects, signal);
  const judgement = await judge({ ...context, state, contender, reader, now, period });
  const { outcome, allocation, evalKeys } = judgement;
  return decide({
    state,
    config,
    outcome,
    allocation: allocation?.shares ?? [],
    ...(allocation !== undefined && { word: allocationWord(allocation) }),
    evalKeys,
    period,
    // What a runner followed is known as well.
    asOf: config.knowledge.kind === "pinned" ? envelope.asOf : Math.max(envelope.asOf, last),
    now,
    participants,
  });
}

function resultOf(of: {
  readonly before: WorldState;
  readonly state: WorldState;
  readonly envelope: DecisionEnvelope;
  readonly apply: ApplyOutlook;
  readonly committed: boolean;
  readonly planned: boolean;
}): TickResult {
  const { before, state, envelope, apply, committed, planned } = of;
  const stood = stagesOf(before);
  return {
    schema: "qmtl.tick/1",
    world: state.world,
    period: isoText(envelope.period),
    asOf: isoText(envelope.asOf),
    planned,
    committed,
    revision: state.decision?.revision ?? 0,
    apply: apply.kind,
    strategies: envelope.versions.flatMap((one): readonly TickedStrategy[] => {
      const stage = envelope.campaign[one.strategy];
      if (stage === undefined || one.stage === undefined) return [];
      const earlier = stood[one.strategy];
      return [
        {
          strategy: one.strategy,
          version: one.version,
          from: earlier?.version === one.version ? earlier.stage : "backtest",
          to: stage.stage,
          verdict: stage.verdict,
          hold: stage.hold ?? null,
          reason: stage.reason,
          findings: stage.findings,
          policy: one.verdict,
          exclusions: one.exclusions,
          mode: one.mode,
          domain: domainOf(one.mode),
          share: one.share,
          scale: one.scale,
        },
      ];
    }),
  };
}

/**
 * A person's word on a strategy that might be live, and the apply that follows from it.
 *
 * @throws see {@link ruleOn}
 */
export async function ruleOnStrategy(
  { config, state: storage, metrics }: Pick<LoadedWorld, "config" | "state" | "metrics">,
  of: Pick<RulingInput, "strategy" | "verdict" | "actor" | "comment"> &
    Pick<TickContext, "clock" | "signal" | "patience">,
): Promise<WorldStatus> {
  const { clock, signal, patience = PATIENCE, ...ruling } = of;
  const world = openWorld({ storage, config, clock, signal, metrics });
  let { state } = await world.commit(
    (head, sessions) =>
      ruleOn({ ...ruling, state: head, config, now: clock(), participants: participantsOf(sessions) }).records,
  );
  if (outlook(state, config).kind === "applying")
    state = await applyDecision({ world, config, patience, clock, signal });
  return worldStatus({ state, config, now: clock() });
}

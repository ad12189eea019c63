import type { ActivationMessage } from "../world/apply.ts";
import { messageOf } from "../world/apply.ts";
import type { EdgeOverride } from "../world/edge.ts";
import type { JournalEntry, WorldRecord } from "../world/record.ts";
import type { LastDecision, WorldState } from "../world/state.ts";

/**
 * Something that happened in a world. It is a view of one record of the world's journal: whoever wrote the record has published the event,
 * in the same append. `(world, revision)` names it; seeing it twice is seeing it once.
 */
export interface ControlEvent<T extends ControlEventType = ControlEventType> {
  readonly type: T;
  /** Of `data`, for this type; it has nothing to do with what happened when. */
  readonly schemaVersion: number;
  readonly world: string;
  /** Of the record: 1, 2, 3… without a gap within a world. */
  readonly revision: number;
  /** Ms UTC. */
  readonly at: number;
  readonly data: ControlEventData[T];
}

type Facts<K extends WorldRecord["kind"]> = Omit<Extract<WorldRecord, { readonly kind: K }>, "kind" | "format" | "at">;

/** What each type of event says. */
export interface ControlEventData {
  readonly configuration_changed: Pick<Facts<"configured">, "digest" | "previous">;
  readonly trial_counted: Facts<"trial">;
  readonly version_evaluated: Facts<"evaluation">;
  readonly candidate_accepted: Facts<"accepted">;
  readonly world_decided: Facts<"decision">;
  readonly decision_approved: Facts<"approved">;
  readonly strategy_ruled: Facts<"ruled">;
  readonly apply_began: Facts<"freezing">;
  readonly apply_acknowledged: Facts<"acknowledged">;
  readonly apply_left: Facts<"left">;
  /** The whole activation, never a change of it. */
  readonly activation_updated: Facts<"switched"> & { readonly message: ActivationMessage };
  readonly apply_completed: Facts<"completed">;
  readonly apply_aborting: Facts<"aborting">;
  readonly apply_rolled_back: Facts<"rolled-back">;
  readonly edge_changed: Facts<"edge">;
  readonly edge_read: Facts<"edge-read">;
  readonly run_downgraded: Facts<"downgrade">;
  readonly return_realised: Facts<"realised">;
  /** The shares that positions are held at from now on. */
  readonly shares_allocated: Facts<"allocated">;
  readonly world_rebalanced: Facts<"rebalanced">;
  readonly rebalancing_executed: Facts<"executed">;
}

export type ControlEventType = keyof ControlEventData;

interface View<K extends WorldRecord["kind"], T extends ControlEventType> {
  readonly type: T;
  readonly schemaVersion: number;
  /** `state`: with the record folded in. */
  readonly data: (facts: Facts<K>, state: WorldState) => ControlEventData[T];
}

const as = <K extends WorldRecord["kind"], T extends ControlEventType>(
  type: T,
  schemaVersion: number,
  data: View<K, T>["data"],
): View<K, T> => ({ type, schemaVersion, data });

/** One type of event for each kind of record. */
const VIEWS: { readonly [K in WorldRecord["kind"]]: View<K, ControlEventType> } = {
  configured: as("configuration_changed", 1, ({ digest, previous }) =>
    previous === undefined ? { digest } : { digest, previous },
  ),
  trial: as("trial_counted", 1, (facts) => facts),
  evaluation: as("version_evaluated", 1, (facts) => facts),
  accepted: as("candidate_accepted", 1, (facts) => facts),
  decision: as("world_decided", 1, (facts) => facts),
  approved: as("decision_approved", 1, (facts) => facts),
  ruled: as("strategy_ruled", 1, (facts) => facts),
  freezing: as("apply_began", 1, (facts) => facts),
  acknowledged: as("apply_acknowledged", 1, (facts) => facts),
  left: as("apply_left", 1, (facts) => facts),
  switched: as("activation_updated", 1, (facts, { apply }) => ({ ...facts, message: messageOf(apply) })),
  completed: as("apply_completed", 1, (facts) => facts),
  aborting: as("apply_aborting", 1, (facts) => facts),
  "rolled-back": as("apply_rolled_back", 1, (facts) => facts),
  edge: as("edge_changed", 1, (facts) => facts),
  "edge-read": as("edge_read", 1, (facts) => facts),
  downgrade: as("run_downgraded", 1, (facts) => facts),
  realised: as("return_realised", 1, (facts) => facts),
  allocated: as("shares_allocated", 1, (facts) => facts),
  rebalanced: as("world_rebalanced", 1, (facts) => facts),
  executed: as("rebalancing_executed", 1, (facts) => facts),
};

/** The event that a record is. @param state with the record folded in */
export function eventOf(state: WorldState, { revision, record }: JournalEntry): ControlEvent {
  const { kind, format: _, at, ...facts } = record;
  const { type, schemaVersion, data } = VIEWS[kind] as View<typeof kind, ControlEventType>;
  return { type, schemaVersion, world: state.world, revision, at, data: data(facts as never, state) };
}

/**
 * A world whole, as of a revision: the floor. Whoever has taken it needs no event up to there, and goes on with the next.
 */
export interface ControlSnapshot {
  readonly world: string;
  /** The floor. */
  readonly revision: number;
  /** Where its activation stands; carries the floor of its own sequence. */
  readonly message: ActivationMessage;
  readonly decision?: LastDecision;
  readonly edges: readonly EdgeOverride[];
}

export function snapshotOf({ world, revision, apply, decision, edges }: WorldState): ControlSnapshot {
  return { world, revision, message: messageOf(apply), edges, ...(decision !== undefined && { decision }) };
}

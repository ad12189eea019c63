import { type Metrics, pastSpan } from "../../observability/index.ts";
import { type ApplyState, evolve } from "../apply.ts";
import { stagesOf } from "../campaign/plan-tick.ts";
import type { JournalEntry } from "../record.ts";
import type { WorldState } from "../state.ts";

/**
 * Counts what a process has just appended: phases of an apply and acknowledgements with how long they took, moves of the campaign, edges. Each
 * record is appended by one process, so the sum over processes counts it once.
 *
 * @param before the state that the entries were appended to
 */
export function countRecords(metrics: Metrics, before: WorldState, entries: readonly JournalEntry[]): void {
  const { world } = before;
  let { apply } = before;
  let stages = stagesOf(before);
  for (const { revision, record } of entries)
    switch (record.kind) {
      case "decision": {
        for (const [strategy, { stage }] of Object.entries(record.envelope.campaign)) {
          const from = stages[strategy]?.stage ?? "backtest";
          if (from !== stage) metrics.count("campaign_move_total", { world, from, to: stage });
        }
        stages = record.envelope.campaign;
        break;
      }
      case "edge": {
        const { from, to, open } = record;
        metrics.count("edge_change_total", { world, from, to, change: open ? "opened" : "shut" });
        break;
      }
      case "freezing":
      case "acknowledged":
      case "left":
      case "switched":
      case "aborting":
      case "completed":
      case "rolled-back": {
        const next = evolve(apply, record, revision);
        if (record.kind === "acknowledged" && apply.phase.kind !== "idle")
          metrics.observe("apply_ack_latency_ms", { phase: apply.phase.kind }, lasted(apply.phase.since, record.at));
        if (next.phase.kind !== apply.phase.kind) countPhase(metrics, world, apply, record.at);
        if (record.kind === "completed" || record.kind === "rolled-back")
          metrics.count("apply_outcome_total", { world, outcome: record.kind });
        apply = next;
        break;
      }
    }
}

function countPhase(metrics: Metrics, world: string, { phase }: ApplyState, end: number): void {
  if (phase.kind === "idle") return;
  metrics.observe("apply_phase_duration_ms", { phase: phase.kind }, lasted(phase.since, end));
  pastSpan("apply-phase", { world, phase: phase.kind, apply: phase.epoch }, Math.min(phase.since, end), end);
}

/** A clock that was set back between two records says nothing of how long it took. */
function lasted(since: number, end: number): number {
  return Math.max(0, end - since);
}

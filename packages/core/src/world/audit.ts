import { isoText } from "../data/iso.ts";
import type { DecisionEnvelope, ExecutedRecord, JournalEntry, WorldRecord } from "./record.ts";

export interface AuditLine {
  readonly revision: number;
  /** Ms UTC. */
  readonly at: number;
  readonly kind: WorldRecord["kind"];
  readonly strategy?: string;
  /** A sentence. */
  readonly says: string;
}

export interface DecisionView {
  readonly revision: number;
  readonly at: number;
  readonly envelope: DecisionEnvelope;
}

/** Every decision of a journal, oldest first. */
export function decisions(entries: readonly JournalEntry[]): readonly DecisionView[] {
  return entries.flatMap(({ revision, record }) =>
    record.kind === "decision" ? [{ revision, at: record.at, envelope: record.envelope }] : [],
  );
}

/** What happened in a world and when, one line per record, oldest first. */
export function audit(entries: readonly JournalEntry[]): readonly AuditLine[] {
  return entries.map(({ revision, record }) => ({
    revision,
    at: record.at,
    kind: record.kind,
    ...("strategy" in record && { strategy: record.strategy }),
    says: sentenceOf(record),
  }));
}

function sentenceOf(record: WorldRecord): string {
  switch (record.kind) {
    case "configured":
      return record.previous === undefined
        ? `The world was first used, with configuration ${short(record.digest)}`
        : `The world's configuration changed from ${short(record.previous)} to ${short(record.digest)}`;
    case "trial":
      return `${versionOf(record)} was tried (${record.origin}) on dataset ${short(record.dataset.fingerprint)}`;
    case "evaluation":
      return `${versionOf(record)} was evaluated`;
    case "accepted":
      return `${versionOf(record)} became the candidate${record.requested === undefined ? "" : `; its author asked for ${record.requested}`}`;
    case "decision": {
      const { selected } = record.envelope;
      return selected.length === 0
        ? "The world selected nothing"
        : `The world selected ${selected.map(versionOf).join(", ")}`;
    }
    case "approved":
      return `${record.actor} approved decision ${record.decision}: ${record.comment}`;
    case "ruled":
      return `${record.actor} ${record.verdict} ${versionOf(record)} for live: ${record.comment}`;
    case "freezing":
      return `Apply ${record.epoch}${record.run === undefined ? "" : ` (run ${record.run})`} began on decision ${record.decision}`;
    case "acknowledged":
      return `${record.participant} acknowledged ${record.sequence} of apply ${record.epoch}`;
    case "left":
      return `${record.participant} is not there any more and left apply ${record.epoch}`;
    case "switched":
      return `Apply ${record.epoch} switched the active set`;
    case "completed":
      return `Apply ${record.epoch} is complete${without(record.missing)}`;
    case "aborting":
      return record.actor === undefined
        ? `Apply ${record.epoch} aborts: ${record.reason}`
        : `${record.actor} aborted apply ${record.epoch}: ${record.reason}`;
    case "rolled-back":
      return `Apply ${record.epoch} was rolled back, gates are ${record.gates}${without(record.missing)}`;
    case "edge": {
      const { producer, from, to, open, reason, actor, expires } = record;
      const whose = producer.kind === "node" ? `node ${short(producer.node)}` : versionOf(producer);
      const until = expires === undefined ? "" : ` until ${isoText(expires)}`;
      const who = actor === undefined ? "The world" : actor;
      return `${who} ${open ? "opened" : "shut"} ${from} -> ${to} of ${whose}${until}: ${reason}`;
    }
    case "edge-read":
      return `${versionOf(record)} took over ${record.rows} rows of ${record.nodes} nodes through ${record.from} -> ${record.to}`;
    case "allocated":
      return `Shares ${record.run} hold from now on: ${Number((100 * record.worldShare).toPrecision(4))} % of ${record.total} ${record.currency} over ${record.strategies.length} strategies`;
    case "rebalanced":
      return `${record.actor} rebalanced by plan ${short(record.plan)} (${record.mode}, ${record.run}): ${record.orders.length} orders`;
    case "executed": {
      const placed = record.legs.filter(({ ordered }) => ordered !== 0).length;
      return `Account ${record.account} of ${versionOf(record)} placed ${placed} of ${record.legs.length} orders of ${record.run}${leftOut(record)}`;
    }
    case "downgrade":
      return `${versionOf(record)} was taken back to ${record.mode}: ${record.reasons.join(", ")}`;
    case "realised":
      return `${versionOf(record)} realised ${(100 * record.return).toFixed(4)} % in ${record.domain} (${record.feed})`;
  }
}

function leftOut({ legs }: ExecutedRecord): string {
  const named = legs.flatMap(({ symbol, reason }) => (reason === undefined ? [] : [`${symbol} ${reason}`]));
  return named.length === 0 ? "" : `: ${named.join(", ")}`;
}

function versionOf({ strategy, version }: { readonly strategy: string; readonly version: string }): string {
  return `${strategy}@${short(version)}`;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

function without(missing: readonly string[]): string {
  return missing.length === 0 ? "" : `, without ${missing.join(", ")}`;
}

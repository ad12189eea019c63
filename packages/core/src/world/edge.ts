import { canonicalJson } from "../schema/canonical.ts";
import { activeEntries } from "./activation.ts";
import type { ApplyState } from "./apply.ts";
import { domainOf, type ExecutionDomain, isParticipating } from "./mode.ts";
import { type EdgeRecord, RECORD_FORMAT } from "./record.ts";

/** Whose values are read: one computation wherever it stands, or everything that a version computes. */
export type EdgeProducer =
  | { readonly kind: "node"; readonly node: string }
  | { readonly kind: "version"; readonly strategy: string; readonly version: string };

/** A read across execution domains: values that `from` computed, in a run of `to`. */
export interface Edge {
  readonly producer: EdgeProducer;
  readonly from: ExecutionDomain;
  readonly to: ExecutionDomain;
}

/** What was last said about an edge. */
export interface EdgeOverride extends Edge {
  readonly open: boolean;
  readonly reason: string;
  /** Who said it; absent when an apply did. */
  readonly actor?: string;
  /** Ms UTC from which on it says nothing any more: the edge is off again, as it was born. */
  readonly expires?: number;
  /** Ms UTC, and of its record. */
  readonly at: number;
  readonly revision: number;
}

/** What a run wants to read. */
export interface EdgeRead {
  readonly strategy: string;
  readonly version: string;
  /** NodeID of the producer, where one node is read. */
  readonly node?: string;
  readonly from: ExecutionDomain;
  readonly to: ExecutionDomain;
}

export interface EdgeWord {
  readonly allowed: boolean;
  /** A sentence. */
  readonly because: string;
  readonly override?: EdgeOverride;
}

/**
 * Whether a run may read what another domain computed. Within a domain always; across domains never, unless an override that has not expired
 * opens it. What was said of the node comes before what was said of the version.
 */
export function edgeAllowed(edges: readonly EdgeOverride[], read: EdgeRead, now: number): EdgeWord {
  const { strategy, version, node, from, to } = read;
  if (from === to) return { allowed: true, because: `Both are ${to}` };
  const producers: EdgeProducer[] = [
    ...(node === undefined ? [] : [{ kind: "node", node } as const]),
    { kind: "version", strategy, version },
  ];
  for (const producer of producers) {
    const override = edges.find((one) => edgeKey(one) === edgeKey({ producer, from, to }));
    if (override !== undefined && !isExpired(override, now))
      return { allowed: override.open, because: override.reason, override };
  }
  return { allowed: false, because: `Reads from ${from} to ${to} are off unless an override opens them` };
}

export function isExpired({ expires }: { readonly expires?: number | undefined }, now: number): boolean {
  return expires !== undefined && !(now < expires);
}

export interface EdgeView extends EdgeOverride {
  readonly standing: "open" | "shut" | "expired";
}

/** @param now ms UTC */
export function edgeViews(edges: readonly EdgeOverride[], now: number): readonly EdgeView[] {
  return edges.map((edge) => ({
    ...edge,
    standing: isExpired(edge, now) ? "expired" : edge.open ? "open" : "shut",
  }));
}

/** The overrides after one more record: the newest of an edge counts. Sorted by edge. */
export function evolveEdges(
  edges: readonly EdgeOverride[],
  record: EdgeRecord,
  revision: number,
): readonly EdgeOverride[] {
  const { kind: _, format: __, ...said } = record;
  const key = edgeKey(said);
  return [...edges.filter((one) => edgeKey(one) !== key), { ...said, revision }].sort((a, b) =>
    edgeKey(a) < edgeKey(b) ? -1 : 1,
  );
}

/**
 * What the end of an apply does to the edges into domains that trade. A rollback, and a version that left the active set or the domain, shut
 * theirs; what was opened for single nodes is shut with any of these, for a node is of no version. A completed apply opens the edge from
 * `backtest` to each version that it made active, where the world says so and nobody has shut it.
 *
 * @param at ms UTC of the records
 */
export function edgesAfterApply(of: {
  readonly before: ApplyState;
  readonly after: ApplyState;
  readonly edges: readonly EdgeOverride[];
  readonly openAfterApply: boolean;
  readonly at: number;
}): readonly EdgeRecord[] {
  const { before, after, edges, openAfterApply, at } = of;
  const { phase, activation } = after;
  if (phase.kind !== "idle" || phase.outcome === undefined || ended(before) === phase.epoch) return [];
  const { outcome, epoch } = phase;
  const completed = outcome.kind === "completed";
  const trading = activeEntries(activation.entries).flatMap(({ strategy, version, mode }): readonly Edge[] => {
    const to = domainOf(mode);
    return isParticipating(to) ? [{ producer: { kind: "version", strategy, version }, from: "backtest", to }] : [];
  });
  const trades = new Set(trading.map(({ producer, to }) => canonicalJson([producer, to])));
  const demoted = activeEntries(before.activation.entries).some(
    ({ strategy, version, mode }) =>
      isParticipating(domainOf(mode)) &&
      !trades.has(canonicalJson([{ kind: "version", strategy, version }, domainOf(mode)])),
  );
  const frozen = outcome.kind === "rolled-back" && outcome.gates === "frozen";
  const stamp = { kind: "edge", format: RECORD_FORMAT, at } as const;
  const shut = edges
    .filter(({ open, to, from, expires }) => open && isParticipating(to) && from !== to && !isExpired({ expires }, at))
    .filter(({ producer, to }) =>
      producer.kind === "node" ? demoted || !completed : frozen || !trades.has(canonicalJson([producer, to])),
    )
    .map(({ producer, from, to }): EdgeRecord => {
      const what = producer.kind === "node" ? "a version out of its domain" : `it out of ${to}`;
      const reason = completed ? `Apply ${epoch} took ${what}` : `Apply ${epoch} was rolled back`;
      return { ...stamp, producer, from, to, open: false, reason };
    });
  if (!completed || !openAfterApply) return shut;
  const opened = trading
    .filter((edge) => {
      const known = edges.find((one) => edgeKey(one) === edgeKey(edge));
      if (known === undefined || isExpired(known, at)) return true;
      return !known.open && known.actor === undefined;
    })
    .map((edge): EdgeRecord => ({ ...stamp, ...edge, open: true, reason: `Apply ${epoch} is complete` }));
  return [...shut, ...opened];
}

function ended({ phase }: ApplyState): number | undefined {
  return phase.kind === "idle" ? phase.epoch : undefined;
}

function edgeKey({ producer, from, to }: Edge): string {
  return canonicalJson([producer, from, to]);
}

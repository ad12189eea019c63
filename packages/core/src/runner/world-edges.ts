import { QmtlError } from "../schema/error.ts";
import { activeEntries } from "../world/activation.ts";
import { type EdgeProducer, type EdgeView, edgeViews } from "../world/edge.ts";
import type { ExecutionDomain } from "../world/mode.ts";
import { type EdgeRecord, RECORD_FORMAT } from "../world/record.ts";
import { openWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import type { LoadedWorld } from "./load-world.ts";

type Loaded = Pick<LoadedWorld, "config" | "state"> & Partial<Pick<LoadedWorld, "metrics">>;

interface EdgeOptions {
  /** Ms UTC. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

export interface EdgeChange {
  /** A NodeID, or the name of a strategy for all that its active version computes (its candidate, when none is active). */
  readonly producer: { readonly node: string } | { readonly strategy: string };
  readonly from: ExecutionDomain;
  readonly to: ExecutionDomain;
  readonly open: boolean;
  readonly reason: string;
  readonly actor: string;
  /** Ms UTC; needed to open. */
  readonly expires?: number;
}

/** What was last said about each edge of a world. Whatever is not listed is off. */
export async function readEdges(
  { config, state }: Loaded,
  { clock, signal }: EdgeOptions,
): Promise<readonly EdgeView[]> {
  return edgeViews((await openWorld({ storage: state, config, clock, signal }).load()).edges, clock());
}

/**
 * Opens or shuts an edge across execution domains; recorded with who and why.
 *
 * @throws `edges.same-domain`, `edges.no-expiry`, `edges.expired`, `edges.invalid-node`, `edges.unknown-strategy`
 */
export async function overrideEdge(
  { config, state: storage, metrics }: Loaded,
  { clock, signal, ...change }: EdgeOptions & EdgeChange,
): Promise<readonly EdgeView[]> {
  const { from, to, open, reason, actor, expires } = change;
  const now = clock();
  refuseMistakes(change, now);
  const { state } = await openWorld({
    storage,
    config,
    clock,
    signal,
    ...(metrics !== undefined && { metrics }),
  }).commit((head): readonly EdgeRecord[] => [
    {
      kind: "edge",
      format: RECORD_FORMAT,
      at: now,
      producer: producerOf(head, change.producer),
      from,
      to,
      open,
      reason,
      actor,
      ...(expires !== undefined && { expires }),
    },
  ]);
  return edgeViews(state.edges, now);
}

function refuseMistakes({ producer, from, to, open, expires }: EdgeChange, now: number): void {
  if (from === to)
    throw new QmtlError({
      code: "edges.same-domain",
      message: `Both ends are ${to}: within a domain everything may be read`,
      next: "Name two different domains.",
    });
  if (open && expires === undefined)
    throw new QmtlError({
      code: "edges.no-expiry",
      message: "An edge that a person opens has to expire",
      next: "Say until when: --expires 24h, or an instant such as 2026-03-01T00:00:00Z.",
    });
  if (expires !== undefined && !(expires > now))
    throw new QmtlError({
      code: "edges.expired",
      message: "The expiry is not after now",
      next: "Name an instant that is still to come.",
    });
  if ("node" in producer && !/^[0-9a-f]{64}$/.test(producer.node))
    throw new QmtlError({
      code: "edges.invalid-node",
      message: `${JSON.stringify(producer.node)} is not a NodeID`,
      next: "A NodeID has 64 hexadecimal digits. For all that a strategy computes, name the strategy.",
    });
}

function producerOf(state: WorldState, producer: EdgeChange["producer"]): EdgeProducer {
  if ("node" in producer) return { kind: "node", node: producer.node };
  const { strategy } = producer;
  const active = activeEntries(state.apply.activation.entries).find((entry) => entry.strategy === strategy);
  const version = active?.version ?? state.candidates.get(strategy)?.version;
  if (version !== undefined) return { kind: "version", strategy, version };
  const known = [...state.candidates.keys()].sort();
  throw new QmtlError({
    code: "edges.unknown-strategy",
    message: `World ${state.world} knows no strategy "${strategy}"`,
    place: { world: state.world },
    next: known.length === 0 ? "Submit it first." : `It knows ${known.join(", ")}.`,
  });
}

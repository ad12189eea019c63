import type { KnownNode } from "../../engine/execution.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import { evaluationConfigDigest } from "../../world/config.ts";
import { edgeAllowed } from "../../world/edge.ts";
import type { ExecutionDomain } from "../../world/mode.ts";
import { type EdgeReadRecord, type EvaluationRecord, RECORD_FORMAT } from "../../world/record.ts";
import type { OpenWorld } from "../../world/shell/open-world.ts";
import { evaluationKey } from "../evaluation-key.ts";
import type { InspectedStrategy } from "../inspect.ts";
import { decodeColumns } from "../node-columns.ts";
import type { WorldData } from "../world-data.ts";
import type { RunContext } from "./run-strategy.ts";
import { standingOf } from "./standing.ts";

/** What a run begins with of what the backtest of its version has computed. */
export interface WarmStart {
  readonly from: ExecutionDomain;
  readonly to: ExecutionDomain;
  /** Whether the edge between the two is open. */
  readonly allowed: boolean;
  /** A sentence. */
  readonly because: string;
  /** Rows that are not computed again. */
  readonly rows: number;
  /** By index of the node; empty where nothing is taken over. */
  readonly begun: ReadonlyMap<number, KnownNode>;
}

/**
 * Reads what `backtest` has computed of the version on the data that the run begins with, if the edge to the run's domain is open; the read is
 * recorded. Undefined where there is nothing to read: nobody evaluated the version on these data under this configuration, or the run is in
 * `backtest` itself, which it may leave without another look at the edge.
 */
export async function warmStart(of: {
  readonly context: Pick<RunContext, "config" | "objects" | "evaluators" | "clock" | "signal">;
  readonly journal: OpenWorld;
  readonly inspected: InspectedStrategy;
  readonly data: WorldData;
}): Promise<WarmStart | undefined> {
  const { context, journal, inspected, data } = of;
  const { config, objects, clock, signal } = context;
  const state = await journal.load();
  const { name: strategy, version, params } = inspected;
  const now = clock();
  const held = { strategy, version, params };
  const { domain: to } = standingOf({ state, config, held, asOf: data.asOf, now });
  const from = "backtest";
  if (to === from) return undefined;
  const worldConfig = evaluationConfigDigest(config, context.evaluators);
  const fits = ({ dataset, ...evaluation }: EvaluationRecord): boolean =>
    evaluation.objects["columns"] !== undefined &&
    evaluation.version === version &&
    canonicalJson(evaluation.params) === canonicalJson(params) &&
    dataset.asOf !== undefined &&
    dataset.asOf <= data.asOf &&
    evaluation.evalKey ===
      evaluationKey(inspected, { world: config.id, dataset: data.fingerprintAt(dataset.asOf), worldConfig });
  const evaluation = [...state.evaluations.values()].findLast(fits);
  const digest = evaluation?.objects["columns"];
  if (evaluation === undefined || digest === undefined) return undefined;
  const { allowed, because } = edgeAllowed(state.edges, { strategy, version, from, to }, now);
  const bytes = allowed ? await objects.get(digest, { signal }) : undefined;
  if (bytes === undefined) return { from, to, allowed, because, rows: 0, begun: new Map() };
  const begun = decodeColumns(bytes, inspected.nodes, { world: config.id, dataset: evaluation.dataset.fingerprint });
  const rows = [...begun.values()].reduce((sum, cells) => sum + rowsOf(cells), 0);
  const record: EdgeReadRecord = {
    kind: "edge-read",
    format: RECORD_FORMAT,
    at: clock(),
    strategy,
    version,
    from,
    to,
    columns: digest,
    nodes: begun.size,
    rows,
  };
  let closed = false;
  // The word that is read by has to be the one of the head that the read is recorded on.
  await journal.commit(
    (head) => {
      closed = !edgeAllowed(head.edges, { strategy, version, from, to }, clock()).allowed;
      return closed ? [] : [record];
    },
    { configured: false },
  );
  if (closed) return { from, to, allowed: false, because: "The edge was shut meanwhile", rows: 0, begun: new Map() };
  return { from, to, allowed, because, rows, begun };
}

function rowsOf(cells: KnownNode): number {
  const [series = []] = Object.values(cells);
  return series.reduce((sum, { length }) => sum + length, 0);
}

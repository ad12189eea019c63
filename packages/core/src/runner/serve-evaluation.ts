import { canonicalJson } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";
import { type EvaluationRecord, type Params, RECORD_FORMAT } from "../world/record.ts";
import type { OpenWorld } from "../world/shell/open-world.ts";
import type { WorldState } from "../world/state.ts";
import { decodeRun, type StoredRun } from "./stored-run.ts";
import type { SubmitContext } from "./submit.ts";

/** What is asked for. World, domain and data are inside of its key. */
interface Asked {
  readonly evalKey: string;
  readonly version: string;
  readonly params: Params;
  /** Fingerprint. */
  readonly dataset: string;
}

/**
 * The run that the world keeps under an EvalKey: the one place where a result that was computed before is served. What stands under the key
 * is compared with what was asked for, although the key rules out that they differ: a difference is counted, recorded, refused, and keeps
 * the world from applying anything until the strategy was evaluated anew.
 *
 * @throws `runner.cross-context-hit`
 */
export async function serveEvaluation(
  journal: OpenWorld,
  head: WorldState,
  asked: Asked,
  { objects, metrics, clock, signal }: Pick<SubmitContext, "objects" | "metrics" | "clock" | "signal">,
): Promise<StoredRun | undefined> {
  const known = head.evaluations.get(asked.evalKey);
  const digest = known?.objects["run"];
  if (known === undefined || digest === undefined) return undefined;
  const differs = differencesOf(known, asked);
  if (differs.length > 0) {
    const world = head.world;
    metrics.count("cross_context_cache_hit_total", { world, domain: "backtest" });
    const { strategy, version } = known;
    await journal.commit(() => [
      {
        kind: "downgrade",
        format: RECORD_FORMAT,
        at: clock(),
        strategy,
        version,
        reasons: ["cross_context_hit"],
        mode: "compute-only",
      },
    ]);
    throw new QmtlError({
      code: "runner.cross-context-hit",
      message: `What world ${world} keeps under ${asked.evalKey.slice(0, 16)} was computed for another ${differs.join(" and ")}`,
      place: { world, strategy },
      next: "Nothing is applied in this world until the strategy was evaluated anew: check its journal with qmtl world audit --verify.",
      class: "failed",
    });
  }
  const bytes = await objects.get(digest, { signal });
  return bytes === undefined ? undefined : decodeRun(bytes, asked.evalKey);
}

function differencesOf(known: EvaluationRecord, { version, params, dataset }: Asked): readonly string[] {
  return [
    ...(known.version === version ? [] : ["version"]),
    ...(canonicalJson(known.params) === canonicalJson(params) ? [] : ["params"]),
    ...(known.dataset.fingerprint === dataset ? [] : ["dataset"]),
  ];
}

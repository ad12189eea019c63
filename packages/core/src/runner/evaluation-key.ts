import { ENGINE_VERSION } from "../engine/version.ts";
import { evalKey } from "../graph/key.ts";
import { GUARDS_VERSION } from "../guards/version.ts";
import { domainOf } from "../world/mode.ts";
import type { InspectedStrategy } from "./inspect.ts";

/**
 * The EvalKey of a strategy's backtest under this version of QMTL.
 *
 * @param world its id
 * @param dataset fingerprint of what the run reads
 * @param worldConfig from `evaluationConfigDigest`
 */
export function evaluationKey(
  { version, graph, params, schemas }: Pick<InspectedStrategy, "version" | "graph" | "params" | "schemas">,
  { world, dataset, worldConfig }: { readonly world: string; readonly dataset: string; readonly worldConfig: string },
): string {
  return evalKey({
    world,
    domain: domainOf("compute-only"),
    version,
    graph,
    params,
    worldConfig,
    dataset,
    schemas,
    engine: ENGINE_VERSION,
    guards: GUARDS_VERSION,
  });
}

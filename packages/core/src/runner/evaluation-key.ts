import { ENGINE_VERSION } from "../engine/version.ts";
import { evalKey } from "../graph/key.ts";
import { GUARDS_VERSION } from "../guards/version.ts";
import type { InspectedStrategy } from "./inspect.ts";

/**
 * The EvalKey of a strategy under this version of QMTL.
 *
 * @param dataset fingerprint of what the run reads
 * @param worldConfig from `evaluationConfigDigest`
 */
export function evaluationKey(
  { version, graph, params, schemas }: Pick<InspectedStrategy, "version" | "graph" | "params" | "schemas">,
  dataset: string,
  worldConfig: string,
): string {
  return evalKey({
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

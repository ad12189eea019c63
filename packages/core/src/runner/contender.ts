import { trialStatistics } from "../evaluation/trial-statistics.ts";
import { brokerageDigest, type WorldConfig } from "../world/config.ts";
import { trialKey } from "../world/ledger.ts";
import { evaluationKey } from "./evaluation-key.ts";
import type { InspectedStrategy } from "./inspect.ts";
import type { Contender } from "./judge.ts";
import type { JudgedRun } from "./stored-run.ts";
import type { WorldData } from "./world-data.ts";

export interface ContenderParts {
  readonly inspected: Pick<InspectedStrategy, "name" | "version" | "params" | "graph" | "schemas">;
  readonly data: Pick<WorldData, "fingerprint" | "end">;
  readonly run: JudgedRun;
  readonly config: WorldConfig;
  /** From `evaluationConfigDigest`. */
  readonly worldConfig: string;
  /** Where the evidence is not that of the data alone. Default: that of a backtest on `data`. */
  readonly evalKey?: string;
}

/** A version with what it came to, ready to be judged and to enter the ledger. */
export function contenderOf({ inspected, data, run, config, worldConfig, evalKey: given }: ContenderParts): Contender {
  const { name: strategy, version, params } = inspected;
  const evalKey = given ?? evaluationKey(inspected, { world: config.id, dataset: data.fingerprint, worldConfig });
  return {
    strategy,
    version,
    params,
    evalKey,
    trialKey: trialKey({ version, params, dataset: data.fingerprint, brokerage: brokerageDigest(config) }),
    statistics: trialStatistics(
      evalKey,
      Float64Array.from(run.returns, (value) => value ?? Number.NaN),
    ),
    dataEnd: data.end,
    run,
  };
}

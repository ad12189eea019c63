import { isoText } from "../data/iso.ts";
import { ENGINE_VERSION } from "../engine/version.ts";
import type { DatasetTable } from "./build-dataset.ts";
import { connectData } from "./connect-data.ts";
import type { PlainPanel } from "./executor.ts";
import type { InspectedDataset } from "./inspect.ts";
import type { SubmitContext, SubmitRequest } from "./submit.ts";

/** Where the author's code runs. */
export interface DatasetExecutor {
  inspect(params: Readonly<Record<string, unknown>>): Promise<InspectedDataset>;
  /** @param panels by index of the stream's node @throws as `StrategyExecutor.run` */
  build(panels: ReadonlyMap<number, PlainPanel>): Promise<DatasetTable>;
}

export interface DatasetRequest extends Pick<SubmitRequest, "dataPreset" | "asOf" | "params"> {
  readonly executor: DatasetExecutor;
}

/** A dataset with where it comes from. Equal inputs give equal bits. */
export interface BuiltTable {
  readonly dataset: string;
  readonly strategy: string;
  readonly version: string;
  readonly identity: InspectedDataset["identity"];
  readonly unproven: readonly string[];
  readonly params: Readonly<Record<string, number | string>>;
  readonly world: string;
  readonly interval: string;
  readonly as_of: string;
  readonly commit: string;
  /** Of the columns that the graph reads. */
  readonly fingerprint: string;
  readonly point_in_time: boolean;
  readonly engine: string;
  readonly qmtl: string;
  readonly table: DatasetTable;
}

/**
 * Builds the dataset of a strategy from a world's data. Nothing is decided and nothing counts: it leaves no trace in the world.
 *
 * @throws as `submit` where it can't come to a result
 */
export async function buildDatasetOf(
  { executor, params = {}, ...request }: DatasetRequest,
  context: Pick<SubmitContext, "config" | "provider" | "objects" | "signal" | "qmtl" | "phase">,
): Promise<BuiltTable> {
  const { phase = () => {} } = context;
  phase("Inspecting the strategy");
  const inspected = await executor.inspect(params);
  phase("Connecting data");
  const data = await connectData(request, context, { streams: inspected.streams, priceStream: -1 });
  phase("Computing features and labels");
  const table = await executor.build(data.panels);
  phase("");
  return {
    dataset: inspected.dataset.name,
    strategy: inspected.name,
    version: inspected.version,
    identity: inspected.identity,
    unproven: inspected.unproven.map(({ node }) => node),
    params: inspected.params,
    world: context.config.id,
    interval: inspected.dataset.interval,
    as_of: isoText(data.asOf),
    commit: data.commit,
    fingerprint: data.fingerprint,
    point_in_time: data.pointInTime,
    engine: ENGINE_VERSION,
    qmtl: context.qmtl,
    table,
  };
}

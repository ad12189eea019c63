import type { TimeRange } from "../plugin/contract/data-provider.ts";
import { QmtlError } from "../schema/error.ts";
import { actionBlock, FORWARD } from "./corporate-actions.ts";
import { cutSeries } from "./cut.ts";
import { commitDigest, cutBlocks, merkleRoot, type SeriesBlocks } from "./fingerprint.ts";
import type { Panel } from "./panel.ts";
import type { DataPreset } from "./preset.ts";
import type { SeriesReport } from "./report.ts";
import type { SeriesManifest } from "./series-manifest.ts";

/** The history of a preset's whole universe, before any cut and before the gap policy. */
export interface Dataset {
  readonly preset: DataPreset;
  readonly panel: Panel;
  readonly symbols: readonly DatasetSymbol[];
  /** False when the provider keeps no revisions: then `as_of` cuts by the time of events. */
  readonly pointInTime: boolean;
}

/** What is known of one symbol's series, in the universe's order. */
interface DatasetSymbol {
  readonly symbol: string;
  readonly report: SeriesReport;
  readonly coverage: readonly TimeRange[];
  readonly manifest: SeriesManifest;
  /** Digest of the manifest. */
  readonly digest: string;
  /** Why it was read from its source in this call; absent when it came from the store. */
  readonly imported?: string;
}

/** What a run reads of a dataset. */
export interface DatasetPart {
  readonly dataset: Dataset;
  /** Default: all. */
  readonly columns?: readonly string[];
  /** Default: all. */
  readonly symbols?: readonly string[];
}

/** The blocks of one symbol as they stood at `asOf`. @throws `data.unknown-symbol` */
export function blocksAt(
  { dataset, columns }: Pick<DatasetPart, "dataset" | "columns">,
  symbol: string,
  asOf: number,
): SeriesBlocks {
  const index = dataset.symbols.findIndex((one) => one.symbol === symbol);
  const known = dataset.symbols[index];
  const series = dataset.panel.series[index];
  if (known === undefined || series === undefined)
    throw new QmtlError({
      code: "data.unknown-symbol",
      message: `The dataset of preset ${dataset.preset.id} has no symbol ${JSON.stringify(symbol)}`,
      place: { preset: dataset.preset.id, symbol },
      next: `It has ${dataset.symbols.map((one) => one.symbol).join(", ")}.`,
    });
  const { identity, blocks } = known.manifest;
  const cut = cutSeries(series, asOf);
  const read = cutBlocks({ blocks, series: cut, ...(columns !== undefined && { columns }) });
  const { actions = [] } = cut;
  if (actions.length === 0) return { identity, blocks: read };
  return { identity: { ...identity, adjustment: FORWARD }, blocks: [...read, actionBlock(actions)] };
}

/** The fingerprint of what a run reads: the Merkle root over the blocks of its columns and symbols at `asOf`. */
export function datasetFingerprint(parts: readonly DatasetPart[], asOf: number): string {
  return merkleRoot(
    parts.flatMap((part) => {
      const symbols = part.symbols ?? part.dataset.symbols.map(({ symbol }) => symbol);
      return symbols.map((symbol) => blocksAt(part, symbol, asOf));
    }),
  );
}

/**
 * The commit that `asOf` resolves to: all columns of all datasets as they stood then. Bars that come in later don't change it, corrections
 * of earlier ones do.
 */
export function datasetCommit(datasets: readonly Dataset[], asOf: number): string {
  return commitDigest(
    datasetFingerprint(
      datasets.map((dataset) => ({ dataset })),
      asOf,
    ),
    asOf,
  );
}

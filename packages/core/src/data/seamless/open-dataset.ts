import type { ColumnBatch, DataProvider, PresetDescription, TimeRange } from "../../plugin/contract/data-provider.ts";
import type { CallOptions } from "../../plugin/contract/plugin.ts";
import type { ObjectStorage } from "../../plugin/contract/storage.ts";
import { QmtlError } from "../../schema/error.ts";
import { requireCalendar } from "../calendar/calendars.ts";
import { conformSeries } from "../conformance.ts";
import { coverageOfStamps } from "../coverage.ts";
import type { Dataset } from "../dataset.ts";
import { type DataPreset, resolvePreset, type UniverseSymbol } from "../preset.ts";
import type { SeriesAddress } from "../series-manifest.ts";
import { loadSeries, type StoredSeries, saveSeries } from "./column-store.ts";

export interface OpenDatasetInput {
  readonly provider: DataProvider;
  /** The provider's word. */
  readonly use: string;
  readonly preset: DataPreset;
  readonly objects: ObjectStorage;
  readonly signal: AbortSignal;
  /** Only read by providers that keep revisions: what was known then. Default: all that is known. */
  readonly asOf?: number;
  /** Called before each import, for progress. */
  readonly onImport?: (symbol: string, because: string) => void;
}

/**
 * Opens the history that a world's preset names: from the column store where the source is unchanged since the import, else by importing
 * it. Damaged or missing objects are imported again, and `imported` says so.
 *
 * @throws `data.unknown-preset`, `data.missing-interval`, `data.unknown-symbol`, `data.unknown-calendar`, what {@link conformSeries}
 *   throws, `data.source-changed` (the source changed twice while it was read), and what the provider or the storage throw
 */
export async function openDataset(input: OpenDatasetInput): Promise<Dataset> {
  const { provider, use, preset, signal } = input;
  const offer = resolvePreset({ preset, use, offers: provider.presets() });
  const calendar = requireCalendar(preset.calendar);
  const schema = offer.schema;
  const { pointInTime } = provider.supports;
  const opened: { stored: StoredSeries; imported: string | undefined }[] = [];
  for (const symbol of preset.universe.symbols) {
    signal.throwIfAborted();
    const asOf = pointInTime ? input.asOf : undefined;
    const address = { use, preset: offer.name, symbol: symbol.id, interval: preset.interval, calendar, schema, asOf };
    opened.push(await openSeries(input, offer, address, symbol));
  }
  return {
    preset,
    panel: {
      preset: preset.id,
      schema,
      interval: preset.interval,
      calendar,
      series: opened.map(({ stored }) => stored.series),
    },
    symbols: opened.map(({ stored: { manifest, digest, series }, imported }) => ({
      symbol: series.symbol,
      report: manifest.report,
      coverage: coverageOfStamps(series.stamps, calendar, preset.interval),
      manifest,
      digest,
      ...(imported !== undefined && { imported }),
    })),
    pointInTime,
  };
}

async function openSeries(
  input: OpenDatasetInput,
  offer: PresetDescription,
  address: SeriesAddress,
  symbol: UniverseSymbol,
): Promise<{ stored: StoredSeries; imported: string | undefined }> {
  const { provider, objects, signal, onImport } = input;
  const options: CallOptions = { signal };
  const key = { preset: address.preset, symbol: address.symbol, interval: address.interval };
  let revision = await provider.revision(key, options);
  const loaded = await loadSeries(objects, address, symbol.tags, revision, options);
  if (loaded.kind === "found") return { stored: loaded.stored, imported: undefined };
  onImport?.(address.symbol, loaded.because);
  for (let attempt = 0; attempt < 2; attempt++) {
    const batches = await readAll(provider, address, options);
    const actions = (await provider.actions?.(key, options)) ?? [];
    const after = await provider.revision(key, options);
    if (after === revision) {
      const { series, report } = conformSeries({
        batches,
        preset: input.preset.id,
        symbol: address.symbol,
        tags: symbol.tags,
        columns: address.schema.columns,
        interval: address.interval,
        calendar: address.calendar,
        stamp: offer.stamp,
        madeFor: requireCalendar(offer.calendar).id,
        ...(offer.live === true && { arriving: "first" }),
      });
      const whole = actions.length === 0 ? series : { ...series, actions };
      const stored = await saveSeries({ objects, address, revision, series: whole, report, options });
      return { stored, imported: loaded.because };
    }
    revision = after;
  }
  throw new QmtlError({
    code: "data.source-changed",
    message: `The source of ${address.symbol} changed twice while it was read`,
    place: { preset: input.preset.id, symbol: address.symbol },
    next: "Submit again when nothing writes to it.",
    class: "failed",
  });
}

const ALL_TIME: TimeRange = { from: -8.64e15, to: 8.64e15 };

async function readAll(provider: DataProvider, address: SeriesAddress, options: CallOptions): Promise<ColumnBatch[]> {
  const { preset, symbol, interval } = address;
  const batches: ColumnBatch[] = [];
  const query = { preset, symbol, interval, range: ALL_TIME, asOf: address.asOf ?? ALL_TIME.to };
  for await (const batch of provider.read(query, options)) {
    options.signal.throwIfAborted();
    batches.push(batch);
  }
  return batches;
}

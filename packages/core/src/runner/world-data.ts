import { type CurrencyRates, ratesOf } from "../data/currency-rates.ts";
import { cutPanel, lastCompleteBar, requireHistory } from "../data/cut.ts";
import { type Dataset, datasetCommit, datasetFingerprint } from "../data/dataset.ts";
import { applyGapPolicy } from "../data/gap-policy.ts";
import { isoText } from "../data/iso.ts";
import type { Panel, Series } from "../data/panel.ts";
import type { DataPreset, FxPreset } from "../data/preset.ts";
import type { Finding } from "../data/report.ts";
import { openDataset } from "../data/seamless/open-dataset.ts";
import type { DataProvider } from "../plugin/contract/data-provider.ts";
import type { ObjectStorage } from "../plugin/contract/storage.ts";
import { QmtlError } from "../schema/error.ts";
import type { StreamBinding } from "./bind.ts";
import type { PlainPanel } from "./executor.ts";
import type { SubmitResult } from "./result.ts";
import { readAt, type WantedInstant } from "./wanted-instant.ts";

export interface WorldDataOptions extends WantedInstant {
  readonly bindings: readonly StreamBinding[];
  /** Of the world: those whose currencies bound symbols are quoted in are opened. */
  readonly fx?: readonly FxPreset[];
  readonly provider: (preset: DataPreset) => { readonly use: string; readonly provider: DataProvider };
  readonly objects: ObjectStorage;
  readonly signal: AbortSignal;
  readonly onImport?: (symbol: string, because: string) => void;
  /** What is being opened already, as known at the same instant. */
  readonly ahead?: ReadonlyMap<string, Promise<Dataset>>;
}

/** The data of one submission, cut at one instant of knowledge. */
export interface WorldData {
  /** By index of the stream's node. */
  readonly panels: ReadonlyMap<number, PlainPanel>;
  /** Of the other currencies that symbols are quoted in, and the panels that they are of, in the same order. */
  readonly rates: readonly CurrencyRates[];
  readonly fx: readonly { readonly preset: FxPreset; readonly panel: PlainPanel }[];
  readonly asOf: number;
  /** End of the newest bar, ms UTC. */
  readonly end: number;
  readonly commit: string;
  /** Over the columns and symbols that the run reads. */
  readonly fingerprint: string;
  /** The same as of an earlier instant of knowledge. */
  readonly fingerprintAt: (asOf: number) => string;
  readonly pointInTime: boolean;
  /** By id of the preset: its history up to `asOf`, before gap policies. */
  readonly histories: ReadonlyMap<string, { readonly panel: Panel; readonly pointInTime: boolean }>;
  readonly bindings: readonly StreamBinding[];
  readonly streams: NonNullable<SubmitResult["dataset"]>["streams"];
}

/**
 * Opens what the bound presets name, resolves `as_of` to a commit, cuts, and applies the gap policies.
 *
 * @throws `data.as-of-beyond-world`, `data.no-bars`, and what opening, cutting and gap policies throw
 */
export async function openWorldData(options: WorldDataOptions): Promise<WorldData> {
  const { bindings, pinned, asOf } = options;
  if (pinned !== undefined && asOf !== undefined && asOf > pinned)
    throw new QmtlError({
      code: "data.as-of-beyond-world",
      message: `as_of ${isoText(asOf)} is after the ${isoText(pinned)} that the world pins`,
      next: "Choose an earlier instant, or submit to a world that pins a later one.",
    });
  const wanted = readAt(options);
  const datasets = new Map<string, Dataset>();
  const quoted = new Set(bindings.flatMap(({ preset }) => preset.universe.symbols.map(({ currency }) => currency)));
  const wantedFx = (options.fx ?? []).filter(({ currency }) => quoted.has(currency));
  for (const preset of [...bindings.map((binding) => binding.preset), ...wantedFx.map(({ series }) => series)]) {
    if (datasets.has(preset.id)) continue;
    const { use, provider } = options.provider(preset);
    const { objects, signal, onImport, ahead } = options;
    const opening =
      ahead?.get(preset.id) ??
      openDataset({
        provider,
        use,
        preset,
        objects,
        signal,
        ...(wanted !== undefined && { asOf: wanted }),
        ...(onImport !== undefined && { onImport }),
      });
    datasets.set(preset.id, await opening);
  }
  const all = [...datasets.values()];
  const known = wanted ?? lastCompleteBar(all.map(({ panel }) => panel));
  if (known === undefined)
    throw new QmtlError({
      code: "data.no-bars",
      message: "The world's presets hold no bar",
      next: "Look at qmtl data coverage --world, then import history.",
    });
  const cut = new Map(all.map((dataset) => [dataset.preset.id, cutPanel(dataset.panel, known)]));
  for (const { preset, panel } of all.map(({ preset }) => ({ preset, panel: cut.get(preset.id) as Panel })))
    if (preset.window !== undefined) requireHistory(panel, preset.window);
  const panels = new Map<number, PlainPanel>();
  const streams: WorldData["streams"] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const { stream, preset, symbols } of bindings) {
    const dataset = datasets.get(preset.id) as Dataset;
    const whole = cut.get(preset.id) as Panel;
    const series = whole.series.filter(({ symbol }) => symbols.includes(symbol)).map((one) => withTick(one, preset));
    const gapped = applyGapPolicy({
      panel: { ...whole, series },
      gaps: stream.gaps ?? preset.gaps ?? "refuse",
      reports: dataset.symbols.map(({ report }) => report),
    });
    panels.set(stream.node, { ...gapped, calendar: gapped.calendar.id });
    const bars = gapped.series.reduce((sum, { stamps }) => sum + stamps.length, 0);
    const first = Math.min(...gapped.series.map(({ stamps }) => stamps[0] ?? Number.POSITIVE_INFINITY));
    const last = Math.max(...gapped.series.map(({ stamps }) => stamps.at(-1) ?? Number.NEGATIVE_INFINITY));
    if (bars === 0)
      throw new QmtlError({
        code: "data.no-bars",
        message: `Preset ${preset.id} holds no bar of ${symbols.join(", ")} up to ${isoText(known)}`,
        place: { preset: preset.id },
        next: "Choose a later as_of, or look at qmtl data coverage --world.",
      });
    end = Math.max(end, last);
    streams.push({
      preset: preset.id,
      source: preset.preset,
      interval: preset.interval,
      symbols: [...symbols],
      from: isoText(first),
      to: isoText(last),
      bars,
      findings: dataset.symbols.flatMap(({ symbol, report, imported }) =>
        symbols.includes(symbol)
          ? [
              ...report.findings.map((finding) => `${symbol}: ${describeFinding(finding)}`),
              ...(imported === undefined ? [] : [`${symbol}: imported, ${imported}`]),
            ]
          : [],
      ),
    });
  }
  const fx = wantedFx.map((preset) => ({ preset, panel: fxPanel(preset, cut.get(preset.series.id) as Panel, end) }));
  for (const { preset, panel } of fx) {
    const { stamps } = panel.series[0]!;
    streams.push({
      preset: preset.series.id,
      source: preset.series.preset,
      interval: preset.series.interval,
      symbols: preset.series.universe.symbols.map(({ id }) => id),
      from: isoText(stamps[0]!),
      to: isoText(stamps.at(-1)!),
      bars: stamps.length,
      findings: beginsLate(preset, stamps[0]!, panels),
    });
  }
  const fingerprintAt = (at: number): string =>
    datasetFingerprint(
      [
        ...bindings.map(({ stream, preset, symbols }) => ({
          dataset: datasets.get(preset.id) as Dataset,
          columns: stream.columns,
          symbols,
        })),
        ...wantedFx.map(({ series, column }) => ({ dataset: datasets.get(series.id) as Dataset, columns: [column] })),
      ],
      at,
    );
  return {
    panels,
    rates: fx.map(({ preset, panel }) => ratesOf(preset, panel.series[0]!)),
    fx,
    asOf: known,
    end,
    commit: datasetCommit(all, known),
    fingerprint: fingerprintAt(known),
    fingerprintAt,
    pointInTime: all.every((dataset) => dataset.pointInTime),
    histories: new Map(
      all.map(({ preset, pointInTime }) => [preset.id, { panel: cut.get(preset.id) as Panel, pointInTime }]),
    ),
    bindings,
    streams,
  };
}

/** Rates up to the end of the bars, each known from the end of its own bar on. @throws `data.no-rates` */
function fxPanel({ currency, column, series: preset }: FxPreset, cut: Panel, end: number): PlainPanel {
  const [series] = applyGapPolicy({ panel: cut, gaps: preset.gaps ?? "refuse" }).series;
  const refuse = (message: string, next: string): QmtlError =>
    new QmtlError({ code: "data.no-rates", message, place: { preset: preset.id }, next });
  if (cut.schema.columns[column]?.dtype !== "f64")
    throw refuse(
      `${preset.preset} has no numbers in a column ${JSON.stringify(column)}`,
      `Name one of ${Object.keys(cut.schema.columns).join(", ")} in data.fx.`,
    );
  const last = series?.stamps.at(-1);
  if (series === undefined || last === undefined)
    throw refuse(`There are no rates of ${currency} up to ${isoText(end)}`, "Choose a later as_of, or import rates.");
  const { calendar } = cut;
  if (calendar.hasSlots && calendar.slots(preset.interval, last, end).length > 0)
    throw refuse(
      `The rates of ${currency} end at ${isoText(last)}, and bars at ${isoText(end)}`,
      "Import the rates that are missing, or choose an earlier as_of.",
    );
  return { ...cut, series: [series], calendar: calendar.id };
}

function beginsLate({ currency }: FxPreset, first: number, panels: WorldData["panels"]): string[] {
  const begins = Math.min(
    ...[...panels.values()].flatMap(({ series }) => series.map(({ stamps }) => stamps[0] ?? Number.POSITIVE_INFINITY)),
  );
  return begins < first ? [`Nothing is decided in ${currency} before its first rate at ${isoText(first)}`] : [];
}

/** A series, with the tick that the universe declares for its symbol. */
function withTick(series: Series, { universe }: DataPreset): Series {
  const tick = universe.symbols.find(({ id }) => id === series.symbol)?.tick ?? 0;
  return tick > 0 ? { ...series, tick } : series;
}

const FINDING_WORDS: Readonly<Record<Finding["kind"], string>> = {
  reversed: "rows ran backwards and were turned round",
  duplicate: "repeated rows were dropped",
  late: "rows came in after their bar and were left out",
  "non-finite": "infinite cells hold no value",
  hole: "rows lack a value",
  bounds: "bars break their high or low",
  gap: "expected bars are missing",
};

function describeFinding({ kind, count, examples }: Finding): string {
  const [first] = examples;
  const where = first?.file === undefined ? "" : ` (${first.file}${first.line === undefined ? "" : `:${first.line}`})`;
  return `${count} ${FINDING_WORDS[kind]}${first === undefined ? "" : `, first ${first.detail}${where}`}`;
}

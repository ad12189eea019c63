import { cutPanel, lastCompleteBar, requireHistory } from "../data/cut.ts";
import { type Dataset, datasetCommit, datasetFingerprint } from "../data/dataset.ts";
import { applyGapPolicy } from "../data/gap-policy.ts";
import { isoText } from "../data/iso.ts";
import type { Panel, Series } from "../data/panel.ts";
import type { DataPreset } from "../data/preset.ts";
import type { Finding } from "../data/report.ts";
import { openDataset } from "../data/seamless/open-dataset.ts";
import type { DataProvider } from "../plugin/contract/data-provider.ts";
import type { ObjectStorage } from "../plugin/contract/storage.ts";
import { QmtlError } from "../schema/error.ts";
import type { StreamBinding } from "./bind.ts";
import type { PlainPanel } from "./executor.ts";
import type { SubmitResult } from "./result.ts";

export interface WorldDataOptions {
  readonly bindings: readonly StreamBinding[];
  readonly provider: (preset: DataPreset) => { readonly use: string; readonly provider: DataProvider };
  readonly objects: ObjectStorage;
  /** The world's instant of knowledge; undefined in a world that follows. */
  readonly pinned: number | undefined;
  /** `--as-of`: cuts deeper than the world does, never further. */
  readonly asOf: number | undefined;
  readonly signal: AbortSignal;
  readonly onImport?: (symbol: string, because: string) => void;
}

/** The data of one submission, cut at one instant of knowledge. */
export interface WorldData {
  /** By index of the stream's node. */
  readonly panels: ReadonlyMap<number, PlainPanel>;
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
  const wanted = asOf ?? pinned;
  const datasets = new Map<string, Dataset>();
  for (const { preset } of bindings) {
    if (datasets.has(preset.id)) continue;
    const { use, provider } = options.provider(preset);
    const { objects, signal, onImport } = options;
    datasets.set(
      preset.id,
      await openDataset({
        provider,
        use,
        preset,
        objects,
        signal,
        ...(wanted !== undefined && { asOf: wanted }),
        ...(onImport !== undefined && { onImport }),
      }),
    );
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
  const fingerprintAt = (at: number): string =>
    datasetFingerprint(
      bindings.map(({ stream, preset, symbols }) => ({
        dataset: datasets.get(preset.id) as Dataset,
        columns: stream.columns,
        symbols,
      })),
      at,
    );
  return {
    panels,
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

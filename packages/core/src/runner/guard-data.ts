import type { Panel, Series } from "../data/panel.ts";
import type { DataPreset } from "../data/preset.ts";
import { openDataset } from "../data/seamless/open-dataset.ts";
import type { GuardFinding } from "../guards/finding.ts";
import { compareKnown } from "../guards/restated.ts";
import { isQmtlError } from "../schema/error.ts";
import type { InspectedStrategy } from "./inspect.ts";
import type { WorldData, WorldDataOptions } from "./world-data.ts";

export interface GuardDataOptions extends Pick<WorldDataOptions, "provider" | "objects" | "signal"> {
  readonly inspected: InspectedStrategy;
  readonly data: WorldData;
  readonly cuts: readonly number[];
}

/**
 * Reads the data again through their providers, as they were known at each cut, and compares them with what the run read. Providers that
 * keep no revisions are passed over: they would give the same bars, cut. Rates of currencies are read again like bars.
 *
 * @throws what opening a dataset throws
 */
export async function guardData(options: GuardDataOptions): Promise<readonly GuardFinding[]> {
  const { inspected, data, cuts } = options;
  const findings = new Map<string, GuardFinding>();
  const reads = [
    ...data.bindings.map(({ stream: { node: index, columns }, preset, symbols }) => ({
      preset,
      symbols,
      columns,
      node: { index, label: inspected.nodes[index]!.label },
    })),
    // No node reads them, yet what is converted by them is the account.
    ...data.fx.map(({ preset: { series, column } }) => ({
      preset: series,
      symbols: series.universe.symbols.map(({ id }) => id),
      columns: [column],
    })),
  ];
  for (const cut of cuts) {
    const known = new Map<string, Panel>();
    for (const { preset, ...read } of reads) {
      const history = data.histories.get(preset.id);
      if (history === undefined || !history.pointInTime) continue;
      const before = known.get(preset.id) ?? (await readAsKnown(options, preset, history.panel, cut));
      known.set(preset.id, before);
      for (const one of compareKnown({ cut, now: history.panel, before, ...read })) {
        const key = `${one.kind} ${preset.id} ${one.column}`;
        if (!findings.has(key)) findings.set(key, one);
      }
    }
  }
  return [...findings.values()];
}

/** Symbol by symbol, for one that nobody knew then has no rows, which is a finding and no fault. */
async function readAsKnown(options: GuardDataOptions, preset: DataPreset, now: Panel, asOf: number): Promise<Panel> {
  const { provider: providerOf, objects, signal } = options;
  const { use, provider } = providerOf(preset);
  const series: Series[] = [];
  for (const symbol of preset.universe.symbols)
    try {
      const alone: DataPreset = { ...preset, universe: { ...preset.universe, symbols: [symbol] } };
      series.push(...(await openDataset({ provider, use, preset: alone, objects, signal, asOf })).panel.series);
    } catch (error) {
      if (!isQmtlError(error) || error.code !== "data.no-rows") throw error;
    }
  return { ...now, series };
}

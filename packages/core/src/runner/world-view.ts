import { setTimeout as sleep } from "node:timers/promises";
import type { Dataset } from "../data/dataset.ts";
import { isoText } from "../data/iso.ts";
import { openDataset } from "../data/seamless/open-dataset.ts";
import { QmtlError } from "../schema/error.ts";
import { approve, outlook } from "../world/decide.ts";
import { participantsOf } from "../world/session.ts";
import { applyDecision } from "../world/shell/apply-host.ts";
import { openWorld } from "../world/shell/open-world.ts";
import { type WorldStatus, worldStatus } from "../world/status.ts";
import type { LoadedWorld } from "./load-world.ts";
import { providerOf } from "./provider-of.ts";

type Loaded = Pick<LoadedWorld, "config" | "state" | "objects" | "host">;

interface ViewOptions {
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Where a world stands, from its journal. It writes nothing. */
export async function readWorldStatus({ config, state }: Loaded, { clock, signal }: ViewOptions): Promise<WorldStatus> {
  const journal = openWorld({ storage: state, config, clock, signal });
  return worldStatus({ state: await journal.load(), config, now: clock(), sessions: await journal.sessions.load() });
}

/**
 * Where a world stands, each time that something happened in it: a record of its journal, or a runner that came, went or was lost.
 * Renewals alone are nothing new. Ends when the signal is aborted.
 */
export async function* watchWorld(
  { config, state }: Loaded,
  { clock, signal }: ViewOptions,
  wait: (milliseconds: number) => Promise<void> = (milliseconds) =>
    sleep(milliseconds, undefined, { signal }).catch(() => undefined),
): AsyncGenerator<WorldStatus> {
  const journal = openWorld({ storage: state, config, clock, signal });
  let shown = "";
  while (!signal.aborted) {
    const status = worldStatus({
      state: await journal.load(),
      config,
      now: clock(),
      sessions: await journal.sessions.load(),
    });
    const news = JSON.stringify({
      ...status,
      runners: status.runners.map(({ seen: _, bar: __, ...runner }) => runner),
    });
    if (news !== shown) yield status;
    shown = news;
    await wait(WATCH);
  }
}

/** How often a watched world is looked at, ms. */
const WATCH = 200;

/** Ms that an approval stays with the apply that follows from it. */
const PATIENCE = 60_000;

/**
 * Lets the decision that a world waits with be applied, and stays with that until every runner has answered.
 *
 * @throws `world.no-decision`, `world.nothing-to-approve`
 */
export async function approveWorld(
  { config, state: storage, metrics }: Pick<LoadedWorld, "config" | "state" | "metrics">,
  of: ViewOptions & { readonly actor: string; readonly comment: string; readonly patience?: number },
): Promise<WorldStatus> {
  const { clock, signal, actor, comment, patience = PATIENCE } = of;
  const world = openWorld({ storage, config, clock, signal, metrics });
  let { state } = await world.commit(
    (head, sessions) =>
      approve({
        state: head,
        config,
        actor,
        comment,
        now: clock(),
        participants: participantsOf(sessions),
      }).records,
  );
  if (outlook(state, config).kind === "applying")
    state = await applyDecision({ world, config, patience, clock, signal });
  return worldStatus({ state, config, now: clock(), sessions: await world.sessions.load() });
}

/** One series of the column store. */
export interface StoredSeriesView {
  readonly preset: string;
  readonly source: string;
  readonly interval: string;
  readonly calendar: string;
  readonly symbol: string;
  readonly bars: number;
  readonly from: string | null;
  readonly to: string | null;
  /** Ranges without a hole by the calendar, half-open, ISO 8601. */
  readonly covered: readonly { readonly from: string; readonly to: string }[];
  readonly findings: readonly { readonly kind: string; readonly count: number; readonly example: string | null }[];
  /** Why it was imported just now; null when it was in the store already. */
  readonly imported: string | null;
  /** Digest of the series' manifest. */
  readonly manifest: string;
}

/**
 * Brings the history of a world's presets into the column store, as far as it is not there, and says what it covers.
 *
 * @throws `data.undeclared-preset`, and what importing throws
 */
export async function importWorldData(
  { config, objects, host }: Loaded,
  {
    signal,
    preset: only,
    onImport,
  }: Omit<ViewOptions, "clock"> & { readonly preset?: string; readonly onImport?: (symbol: string) => void },
): Promise<readonly StoredSeriesView[]> {
  const presets = config.presets.filter(({ id }) => only === undefined || id === only);
  if (presets.length === 0)
    throw new QmtlError({
      code: "data.undeclared-preset",
      message: `World "${config.id}" declares no data preset "${only}"`,
      place: { world: config.id },
      next: `It declares ${config.presets.map(({ id }) => id).join(", ") || "none"}.`,
    });
  const provider = providerOf(host, config.id);
  const views: StoredSeriesView[] = [];
  for (const preset of presets) {
    const dataset = await openDataset({
      ...provider(preset),
      preset,
      objects,
      signal,
      ...(onImport !== undefined && { onImport: (symbol: string) => onImport(symbol) }),
    });
    views.push(...dataset.symbols.map((known, i) => viewOf(dataset, known, i)));
  }
  return views;
}

function viewOf(
  { preset, panel }: Dataset,
  { symbol, coverage, report, imported, digest }: Dataset["symbols"][number],
  index: number,
): StoredSeriesView {
  const stamps = panel.series[index]?.stamps ?? new Float64Array(0);
  return {
    preset: preset.id,
    source: preset.preset,
    interval: preset.interval,
    calendar: panel.calendar.id,
    symbol,
    bars: stamps.length,
    from: stamps.length === 0 ? null : isoText(stamps[0] as number),
    to: stamps.length === 0 ? null : isoText(stamps.at(-1) as number),
    covered: coverage.map(({ from, to }) => ({ from: isoText(from), to: isoText(to) })),
    findings: report.findings.map(({ kind, count, examples }) => ({
      kind,
      count,
      example: examples[0]?.detail ?? null,
    })),
    imported: imported ?? null,
    manifest: digest,
  };
}
